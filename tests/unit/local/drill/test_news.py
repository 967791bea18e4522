"""Line after line, for logs: what changed, once."""

from typing import Any

from breakwater_local.drill.news import news
from breakwater_local.style import Style
from tests.unit.local.drill.made import half_way, later, launched, run, server, wave


def told(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    return news(before, after, later(25), Style())


def test_the_first_look_tells_all_that_has_happened_so_far() -> None:
    assert told(None, half_way()) == [
        "   25:00 ● run RUNNING",
        "   25:00 ✓ wave database COMPLETED  2 of 2 servers, after 15:30",
        "   25:00 ✓ db-01 LAUNCHED  DRS: LAUNCHED, i-0123456789abcdef0, after 15:00",
        "   25:00 ✓ db-02 LAUNCHED  DRS: LAUNCHED, i-0123456789abcdef0, after 15:30",
        "   25:00 ● wave app-a LAUNCHING  0 of 2 servers, after 8:00",
        "   25:00 ● app-a-01 LAUNCHING  DRS: IN_PROGRESS",
        "   25:00 ✗ app-a-02 FAILED  after 7:00: There is no capacity.",
        "   25:00 ● wave app-b LAUNCHING  0 of 1 servers, after 8:00",
        "   25:00 ● app-b-01 LAUNCHING  DRS: IN_PROGRESS",
    ]


def test_what_did_not_change_is_not_told_again() -> None:
    assert told(half_way(), half_way()) == []


def test_a_server_that_came_up_is_told_alone() -> None:
    before = run(wave("web", "LAUNCHING", server("web-01", "LAUNCHING"), server("web-02")))
    after = run(wave("web", "LAUNCHING", launched("web-01", 1, 16), server("web-02")))
    [line] = told(before, after)
    assert line.endswith("✓ web-01 LAUNCHED  DRS: LAUNCHED, i-0123456789abcdef0, after 15:00")


def test_a_hold_and_its_release_are_told() -> None:
    held = wave("web", "HELD", server("web-01"))
    assert told(run(wave("web", "PENDING")), run(held)) == [
        "   25:00 ‖ wave web HELD  waits for a person"
    ]
    assert told(run(held), run({**held, "released": True})) == [
        "   25:00 ‖ wave web HELD  released"
    ]


def test_the_end_is_told_with_its_cause() -> None:
    [line] = told(run(), run(status="FAILED", cause="Wave web failed."))
    assert line == "   25:00 ✗ run FAILED: Wave web failed."


def test_attention_and_a_risk_are_told_once() -> None:
    worried = run(attention=["DRS is slow."], rtoAtRisk=True)
    lines = told(run(), worried)
    assert [line[9:] for line in lines] == [
        "! DRS is slow.",
        "! The recovery time objective is at risk.",
    ]
    assert told(worried, worried) == []


def test_a_cleanup_is_told_step_by_step() -> None:
    step = {"name": "Terminate 2 instances of web", "round": 1, "status": "RUNNING", "cause": None}
    assert told(run(), run(compensation=[step]))[0].endswith("instances of web RUNNING")
    failed = {**step, "status": "FAILED", "cause": "Not allowed."}
    [line] = told(run(compensation=[step]), run(compensation=[failed]))
    assert line.endswith("FAILED: Not allowed.")


def test_the_risk_of_a_run_that_is_over_is_no_news() -> None:
    assert len(told(None, run(status="COMPLETED", rtoAtRisk=True))) == 1
