"""Messages that were told are taken from the run, also when somebody else writes it meanwhile."""

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.messages import Message
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed
from breakwater.recovery.engine.teller import Teller
from tests.unit.recovery.engine.test_waits import launching
from tests.unit.recovery.made import AT


class Store:
    """Somebody is faster once. It has what every function of the engine may: no single items."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        self.saved: list[Any] = []
        self.refusals = 1

    def save(self, changed: list[Any]) -> list[Any]:
        if self.refusals:
            self.refusals -= 1
            raise Changed("EXECUTION")
        self.saved += changed
        return changed

    def outline(self, execution_id: str) -> RunState:
        assert execution_id == self.state.run.execution_id
        return self.state


class Messages:
    def send(self, *_: Any) -> None:
        """Whatever it is."""


def test_a_person_who_writes_meanwhile_keeps_what_was_told_from_being_told_again() -> None:
    state = launching()
    state.put(state.run.tells(EventKind.STARTED, AT, "It began."))
    newer = RunState(replace(state.run, version=7))
    store = Store(newer)
    teller = Teller(store, Messages(), environment="test", link=lambda _: None)  # type: ignore[arg-type]
    teller.tell(state)
    [kept] = store.saved
    assert (kept.version, kept.outbox) == (7, ())


class Throttled:
    """Takes so many messages, and then none."""

    def __init__(self, takes: int) -> None:
        self.takes = takes
        self.sent: list[str] = []

    def send(self, message: Message, event: Event, _: Any) -> None:
        if len(self.sent) == self.takes:
            raise ClientError({"Error": {"Code": "Throttling"}}, "Publish")
        self.sent.append(event.kind.value)


def test_what_the_topic_refuses_is_kept_in_its_order_and_told_at_the_next_look() -> None:
    state = launching()
    for kind in (EventKind.STARTED, EventKind.WAVE_FAILED, EventKind.FAILED):
        state.put(state.run.tells(kind, AT, "It happened."))
    store, topic = Store(state), Throttled(1)
    store.refusals = 0
    teller = Teller(store, topic, environment="test", link=lambda _: None)  # type: ignore[arg-type]
    teller.tell(state)
    assert topic.sent == ["started"]
    assert [event.kind for event in state.run.outbox] == [EventKind.WAVE_FAILED, EventKind.FAILED]
    topic.takes = 3
    teller.tell(state)
    assert topic.sent == ["started", "waveFailed", "failed"]
    assert state.run.outbox == ()
