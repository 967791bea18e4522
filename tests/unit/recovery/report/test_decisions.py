"""Who decided what, when and why."""

from tests.unit.recovery.report.scene import audited
from tests.unit.recovery.report.scenes import cancelled, completed


def test_who_decided_what_and_why_is_told_in_order_and_once() -> None:
    scene = cancelled()
    told = [(one.by, one.action, one.reason) for one in scene.report().decisions]
    assert told == [
        ("anna@example.com", "drillStarted", "quarterly drill"),
        ("otto@example.com", "runCancelled", "wrong weekend"),
    ]


def test_what_the_audit_trail_does_not_tell_comes_from_the_run() -> None:
    scene = cancelled()
    scene.audit = []
    told = [(one.by, one.action, one.details) for one in scene.report().decisions]
    assert told == [
        ("anna@example.com", "start", None),
        ("otto@example.com", "cancel", "with cleanup"),
    ]


def test_an_entry_of_the_trail_that_cannot_be_read_is_shown_as_unknown() -> None:
    scene = completed()
    scene.audit = [{"recordedAt": "yesterday", "after": ["?"]}, {}]
    unknown = [one for one in scene.report().decisions if one.by == "unknown"]
    assert [(one.at, one.action, one.reason) for one in unknown] == [(None, "unknown", None)] * 2


def test_details_of_a_decision_never_show_a_token() -> None:
    scene = completed()
    scene.audit.append(audited(9, "a", "runPaused", "x", taskToken="abc", waves=["web"]))
    assert "waves: web" in {one.details for one in scene.report().decisions}
