"""Messages that were told are taken from the run, also when somebody else writes it meanwhile."""

from dataclasses import replace
from typing import Any

from breakwater.recovery.engine.event import EventKind
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
