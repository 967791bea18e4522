"""What a person's decision makes of a run, or a Conflict: why not now, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from breakwater.platform import clock
from breakwater.platform.http.errors import Conflict, Unprocessable
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import OPEN, Run
from breakwater.recovery.engine.run_state import RunState, held
from breakwater.recovery.engine.status import RunStatus

_UNDER_WAY = frozenset({RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSING, RunStatus.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an action did."""

    run: Run
    message: str
    within_seconds: int = 0
    """It takes effect within so many seconds, by the wall clock."""


def paused(run: Run, asked: Request) -> Done:
    """Nothing new starts; what runs settles; then it waits for a person."""
    if run.status is not RunStatus.RUNNING:
        raise _not_now(run, "paused", "RUNNING")
    run = replace(run.became(RunStatus.PAUSING), pause_requested=asked)
    said = "Nothing new starts from the next look on; what runs is watched to its end."
    return Done(run=run, message=said, within_seconds=_within(run, asked.at))


def resumed(state: RunState, asked: Request, waves: Sequence[str] | None) -> Done:
    """Go on: out of a pause, or past the waves that are held."""
    run, waiting = state.run, held(state)
    if run.ended or run.cancel_requested is not None or run.status is RunStatus.PENDING:
        raise _not_now(run, "resumed", "PAUSING or PAUSED, or have waves that are held")
    if run.resumed is not None:
        earlier = run.resumed
        raise Conflict(f"{earlier.by} resumed it at {clock.iso(earlier.at)}: {earlier.reason}")
    chosen = tuple(waiting if waves is None else dict.fromkeys(waves))
    strange = [one for one in chosen if one not in waiting]
    if strange:
        raise Conflict(
            f"Not held now: {', '.join(strange)}. Held: {', '.join(waiting) or 'nothing'}.",
            details={"held": list(waiting)},
        )
    if run.status is RunStatus.RUNNING and not chosen:
        raise Conflict("The run is not paused, and no wave is held: there is nothing to resume.")
    if run.status is RunStatus.PAUSED and not chosen and run.pause_requested is None:
        raise Conflict(
            f"The run waits for its waves {', '.join(waiting)}: name those to be released.",
            details={"held": list(waiting)},
        )
    decision = replace(asked, waves=chosen)
    if run.status is RunStatus.PAUSED:
        return Done(run=replace(run, resumed=decision), message="It goes on now.")
    released = tuple(dict.fromkeys((*run.released, *chosen)))
    run = replace(run.became(RunStatus.RUNNING), pause_requested=None, released=released)
    said = f"Released: {', '.join(chosen)}." if chosen else "The pause is called off."
    return Done(run=run, message=said, within_seconds=_within(run, asked.at))


def cancelled(run: Run, asked: Request) -> Done:
    """Nothing new starts, jobs of DRS are watched to their end, then it is over."""
    if run.cancel_requested is not None or run.status not in _UNDER_WAY:
        raise _not_now(run, "cancelled", "PENDING, RUNNING, PAUSING or PAUSED")
    if asked.cleanup and not run.is_drill:
        raise Unprocessable(
            "This is a real recovery: what it launched is never terminated by Breakwater. "
            "Cancel it without cleanup.",
            details=[{"place": "cleanup", "code": "notADrill"}],
        )
    run = replace(run, cancel_requested=asked)
    if run.status is not RunStatus.PAUSED:  # there it waits for its token to be answered
        run = run.became(RunStatus.CANCELLING)
    then = " Then what it launched is terminated." if asked.cleanup else ""
    said = f"Nothing new starts. DRS cannot stop jobs: they are watched to their end.{then}"
    return Done(run=run, message=said, within_seconds=_within(run, asked.at))


def cleaned_up(run: Run, asked: Request) -> Done:
    """What a drill that is over has launched is terminated."""
    if not run.is_drill:
        raise Conflict(
            "This was a real recovery: its servers are production now, and Breakwater "
            "never terminates them."
        )
    if not run.ended:
        raise _not_now(run, "cleaned up", "over; or cancel it with cleanup")
    if run.cleaning is not None:
        earlier = run.cleaning
        raise Conflict(f"{earlier.by} started a cleanup at {clock.iso(earlier.at)}.")
    run = replace(run, cleaning=asked, cleanups=run.cleanups + 1, open=OPEN)
    said = "The instances that this drill launched are listed, then terminated."
    if run.retry_of is not None:
        said += f" What it took over belongs to the run {run.retry_of}: clean that up, too."
    return Done(run=run, message=said)


def _within(run: Run, now: datetime) -> int:
    """When the engine looks again, at the latest."""
    if run.polled_at is None:
        return 5
    left = run.wait_seconds / run.time_scale - (now - run.polled_at).total_seconds()
    return max(1, round(left) + 1)


def _not_now(run: Run, done: str, needed: str) -> Conflict:
    asked = run.cancel_requested
    why = f" {asked.by} cancelled it at {clock.iso(asked.at)}." if asked else ""
    return Conflict(
        f"The run is {run.status}.{why} To be {done} it must be {needed}.",
        details={"status": run.status.value},
    )
