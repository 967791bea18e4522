"""`store_task_token` and `resume_wave`: a run waits for a person, and goes on.

The run is PAUSED only together with the token by which it can be resumed, so there is no moment
at which an answer would be lost: before, it takes effect at the next look; after, it answers the
token.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.recovery.engine.engine import TRIES, Engine
from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.executions import Callbacks
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_judgement import busy
from breakwater.recovery.engine.run_state import RunState, held
from breakwater.recovery.engine.run_store import Changed, RunStore
from breakwater.recovery.engine.state_object import Address, state_object
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from breakwater.recovery.engine.teller import Teller

BY_HAND = "whoever answered the task token in Step Functions"


class Pausing:
    """Stores tokens and consumes decisions."""

    def __init__(
        self,
        *,
        store: RunStore,
        callbacks: Callbacks,
        teller: Teller,
        engine: Engine,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._callbacks = callbacks
        self._teller = teller
        self._engine = engine
        self._clock = clock

    def store_token(self, event: Mapping[str, Any]) -> None:
        """PAUSED; or on at once, if a person decided in the moments before."""
        address, token = Address.of(event["state"]), str(event["taskToken"])
        for _ in range(TRIES):
            try:
                self._store_once(address, token)
            except Changed:
                continue
            return
        raise Changed(f"the run {address.execution_id} kept changing while it paused")

    def _store_once(self, address: Address, token: str) -> None:
        state, now = self._store.load(address.execution_id), self._clock()
        run, why = state.run, what_it_waits_for(state)
        # Late copies of this call are of no pause, too: waves may be under way again.
        if why is None or address.of_a_pause_before(run) or busy(state):
            self._callbacks.answer(token, state_object(run, now))
            return
        if run.status is not RunStatus.PAUSED:
            run = run.became(RunStatus.PAUSED)
            run = replace(run, paused_since=now, resumed=None, waiting_too_long=False)
            run = run.tells(EventKind.PAUSED, now, why)
        state.put(*self._store.save([run.waits_by(token)]))
        self._teller.tell(state)

    def resume(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Carry the decision out, and go on."""
        address = Address.of(event)
        for _ in range(TRIES):
            try:
                self._resume_once(address)
            except Changed:
                continue
            return self._engine.look(address, observe=False)
        raise Changed(f"the run {address.execution_id} kept changing while it was resumed")

    def _resume_once(self, address: Address) -> None:
        state, now = self._store.load(address.execution_id), self._clock()
        run = state.run
        deadline = run.pause_deadline()
        if run.status is not RunStatus.PAUSED or address.of_a_pause_before(run):
            return
        if run.resumed is None and run.cancel_requested is None and deadline and now >= deadline:
            return  # nobody decided, its time is over: the look that follows says so
        self._store.save([resumed(state, now)])


def what_it_waits_for(state: RunState) -> str | None:
    """Why a run pauses, in a sentence; None if nothing keeps it."""
    run = state.run
    if run.ended or run.cancel_requested is not None or run.resumed is not None:
        return None
    held = [
        wave.name
        for wave in state.in_order()
        if wave.status is WaveStatus.HELD and wave.name not in run.released
    ]
    asked = run.pause_requested
    if asked is not None:
        return f"{asked.by} asked for a pause: {asked.reason}"
    if held:
        return f"A person must release {', '.join(held)} before the run goes on."
    return None


def resumed(state: RunState, now: datetime) -> Run:
    """The run as it goes on."""
    run = state.run
    goes_on = replace(run.goes_on(now), pause_requested=None)
    if run.cancel_requested is not None:
        return replace(goes_on.became(RunStatus.CANCELLING), resumed=None)
    decision = run.resumed or Request(by=BY_HAND, at=now, reason="not given", waves=held(state))
    released = tuple(dict.fromkeys((*run.released, *decision.waves)))
    goes_on = replace(goes_on.became(RunStatus.RUNNING), resumed=None, released=released)
    let_go = f" It released {', '.join(decision.waves)}." if decision.waves else ""
    text = f"{decision.by} resumed the run: {decision.reason}.{let_go}"
    return goes_on.tells(EventKind.RESUMED, now, text)
