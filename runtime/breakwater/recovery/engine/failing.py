"""`record_failure`: an error that retries did not mend. The run says why; nothing new starts."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.recovery.engine.endings import Endings
from breakwater.recovery.engine.engine import TRIES
from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_judgement import fail
from breakwater.recovery.engine.run_store import Changed, RunStore
from breakwater.recovery.engine.state_object import Address, cut, state_object
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.engine.teller import Teller

_LONGEST = 1000


class Failing:
    """Records what nobody expected."""

    def __init__(
        self,
        *,
        store: RunStore,
        endings: Endings,
        teller: Teller,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._endings = endings
        self._teller = teller
        self._clock = clock

    def record(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The state object of a run that has failed."""
        return self.fail(Address.of(event), cause_of(event.get("error")))

    def fail(self, address: Address, cause: str) -> dict[str, Any]:
        """FAILED for this cause, unless it is over already. A cleanup after the end changes nothing
        of how the run ended: it is incomplete, and can be run again.
        """
        for _ in range(TRIES):
            try:
                return self._once(address, cause)
            except Changed:
                continue
        raise Changed(f"the run {address.execution_id} kept changing while its failure was noted")

    def _once(self, address: Address, cause: str) -> dict[str, Any]:
        state, now = self._store.load(address.execution_id), self._clock()
        if not state.run.ended and not address.cleanup:
            before = state.copy()
            fail(state, now, cause)
            state.put(*self._store.save(state.changes_since(before)))
            self._teller.tell(state)
        if address.cleanup and state.run.cleans(address.cleanup):
            state.put(*self._store.save([_not_cleaned(state.run, now, cause)]))
            self._teller.tell(state)
        if state.run.ended:
            state = self._endings.finish(state)
        told = state_object(state.run, now, status=RunStatus.FAILED, cleanup=address.cleanup)
        return {**told, "cause": told["cause"] if not address.cleanup else cut(cause)}


def _not_cleaned(run: Run, now: datetime, cause: str) -> Run:
    run = replace(run, cleaning=None, cleanup_incomplete=True)
    return run.tells(EventKind.CLEANED_UP, now, f"The cleanup is incomplete: {cause}")


def cause_of(error: Any) -> str:
    """What Step Functions caught, as a sentence: the function's own words where it has any."""
    if not isinstance(error, Mapping):
        return "An action of the state machine failed, and nothing says why."
    name, cause = str(error.get("Error") or "an error"), str(error.get("Cause") or "")
    try:
        told = json.loads(cause)
        words = f"{told['errorType']}: {told['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        words = cause or "no cause was given"
    return f"An unexpected error stopped the run ({name}): {words}"[:_LONGEST]
