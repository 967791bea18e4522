"""What people are told at 03:00: what happened, what to do next, and never a secret."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.messages import Message, message_of
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.sns_messages import SnsMessages
from breakwater.recovery.recovery_plan import OnFailure
from tests.unit.recovery.made_run import TOKEN, at, event, run

LINK = "https://recovery.example.com/executions/01JD0000000000000000000000"
TOLD = [kind for kind in EventKind if kind is not EventKind.WAVE_COMPLETED]


def told(
    kind: EventKind, about: Run | None = None, link: str | None = LINK, **more: Any
) -> Message:
    message = message_of(event(kind, **more), about or run(), link)
    assert message is not None
    return message


def test_nobody_is_disturbed_by_a_wave_that_completed() -> None:
    assert message_of(event(EventKind.WAVE_COMPLETED, wave="database"), run(), LINK) is None


@pytest.mark.parametrize("kind", TOLD)
def test_every_other_event_is_told_with_what_happened_what_to_do_and_where(kind: EventKind) -> None:
    message = told(kind, text="Two of three servers launched.")
    first, _, second, *rest = message.body.splitlines()
    assert first.startswith("Drill of plan shop: ")
    assert second == "Two of three servers launched."
    assert rest[rest.index("What to do next") + 1].startswith("  1. ")
    assert f"Open the run: {LINK}" in rest
    assert "Happened         2026-11-20 03:20:00 UTC, 20 min after the start" in rest


@pytest.mark.parametrize("is_drill", [True, False])
@pytest.mark.parametrize("kind", TOLD)
def test_the_subject_says_first_whether_it_is_real(kind: EventKind, is_drill: bool) -> None:
    subject = told(kind, run(is_drill=is_drill)).subject
    assert subject.startswith("[Drill] shop: " if is_drill else "[REAL RECOVERY] shop: ")


def test_the_subject_names_the_wave_that_failed_and_the_environment() -> None:
    failed = event(EventKind.WAVE_FAILED, wave="database")
    message = message_of(failed, run(is_drill=False), LINK, environment="prod")
    assert message is not None
    assert message.subject == "[REAL RECOVERY prod] shop: wave database FAILED"


ANY_TEXT = some.text(some.characters(exclude_categories=[]), max_size=80)


@given(some.sampled_from(TOLD), ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_the_names_are_sns_takes_the_subject_and_the_body(
    kind: EventKind, plan: str, wave: str, text: str
) -> None:
    message = told(kind, run(plan_name=plan), wave=wave, text=text)
    assert message.subject.isascii()
    assert message.subject.isprintable()
    assert 1 <= len(message.subject) < 100
    assert message.body.encode("utf-8")
    assert "\x00" not in message.body


def test_accents_are_dropped_from_a_subject_and_kept_in_the_body() -> None:
    message = told(EventKind.COMPLETED, run(plan_name="Zürich"))
    assert message.subject == "[Drill] Zurich: completed"
    assert "plan Zürich" in message.body


def test_a_long_error_is_cut_to_what_a_message_can_hold() -> None:
    assert len(told(EventKind.FAILED, text="x" * 300_000).body) <= 8_000


PLACES = ["text", "cause", "reason", "name", "attention", "wave"]


@given(some.sampled_from(TOLD), some.sampled_from(PLACES))
def test_a_task_token_is_never_told_wherever_it_got_into(kind: EventKind, place: str) -> None:
    leak = f"TaskTimedOut: {TOKEN} was not answered"
    about = run(
        task_token=TOKEN,
        cause=leak if place == "cause" else None,
        reason=leak if place == "reason" else None,
        plan_name=TOKEN if place == "name" else "shop",
        attention=(leak,) if place == "attention" else (),
        paused_since=at(10),
    )
    message = told(
        kind,
        about,
        text=leak if place == "text" else "It happened.",
        wave=leak if place == "wave" else "database",
    )
    assert TOKEN[:12] not in message.subject + message.body


def test_a_pause_says_until_when_somebody_must_decide_and_how() -> None:
    body = told(EventKind.WAITING_TOO_LONG, run(paused_since=at(10)), minutes=70).body
    assert "If nobody decides by 2026-11-20 05:10:00 UTC, the run ends as TIMED_OUT." in body
    assert "POST /executions/01JD0000000000000000000000/resume" in body
    assert "Paused since     2026-11-20 03:10:00 UTC (1 h)" in body


def test_a_risk_for_the_objective_says_how_much_time_is_left() -> None:
    body = told(EventKind.RTO_AT_RISK, minutes=48).body
    assert "Time objective   1 h, reached at 2026-11-20 04:00:00 UTC: 12 min left" in body


def test_an_objective_that_was_missed_says_by_how_much() -> None:
    assert "missed by 30 min" in told(EventKind.COMPLETED, minutes=90).body


def test_an_objective_that_was_met_says_what_was_to_spare() -> None:
    assert "met, 5 min to spare" in told(EventKind.COMPLETED, minutes=55).body


def test_a_risk_in_a_paused_run_asks_for_the_decision_first() -> None:
    assert "Decide first" in told(EventKind.RTO_AT_RISK, run(paused_since=at(10))).body


def test_a_failed_wave_says_what_it_means_for_the_others() -> None:
    stop = told(EventKind.WAVE_FAILED, run(on_failure=OnFailure.STOP)).body
    go_on = told(EventKind.WAVE_FAILED, run(on_failure=OnFailure.CONTINUE_INDEPENDENT)).body
    assert "Nothing new starts." in stop
    assert "The other waves go on" in go_on


def test_a_completed_drill_is_to_be_cleaned_up_and_a_real_recovery_never() -> None:
    assert "/cleanup" in told(EventKind.COMPLETED).body
    for kind in TOLD:
        real = told(kind, run(is_drill=False, servers_launched=3)).body
        assert "/cleanup" not in real


def test_a_cleanup_that_left_something_is_said_in_the_subject_and_as_the_next_step() -> None:
    message = told(EventKind.CANCELLED, run(cleanup_incomplete=True))
    assert message.subject == "[Drill] shop: cancelled, CLEANUP INCOMPLETE"
    assert "clean up again" in message.body


def test_after_a_cancellation_with_cleanup_there_is_nothing_to_do() -> None:
    asked = Request(by="anna@example.com", at=at(5), reason="enough", cleanup=True)
    body = told(EventKind.CANCELLED, run(servers_launched=3, cancel_requested=asked)).body
    assert "  1. Nothing." in body


def test_a_cancelled_drill_that_left_its_servers_says_that_they_cost() -> None:
    assert "costs money" in told(EventKind.CANCELLED, run(servers_launched=3)).body


def test_without_a_page_the_message_names_the_route() -> None:
    body = told(EventKind.FAILED, link=None).body
    assert "Look at the run: GET /executions/01JD0000000000000000000000" in body


def test_a_faster_clock_is_told() -> None:
    assert "60 times faster" in told(EventKind.COMPLETED, run(time_scale=60)).body
    assert "faster" not in told(EventKind.COMPLETED).body


class Recorder:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []

    def publish(self, **words: Any) -> None:
        self.published.append(words)


def test_a_subscription_can_filter_by_kind_plan_drill_and_environment() -> None:
    client = Recorder()
    messages = SnsMessages(client, topic_arn="arn:topic", environment="prod")  # type: ignore[arg-type]
    message = told(EventKind.FAILED)
    messages.send(message, event(EventKind.FAILED), run(is_drill=False))
    [published] = client.published
    assert (published["Subject"], published["Message"]) == (message.subject, message.body)
    assert {
        name: value["StringValue"] for name, value in published["MessageAttributes"].items()
    } == {
        "kind": "failed",
        "planId": "11111111-2222-4333-8444-555555555555",
        "isDrill": "false",
        "environment": "prod",
    }
