"""`watch_runs`: every minute, what no state machine can see of itself.

A run whose execution was never started is started; one that nobody looks at is told of, and ended
if its execution is; a pause that lasts is told of, and ended at its limit; what a run that is over
still holds is given back. Cost: one Query of the sparse index, and per open run a few reads; of
Step Functions it asks one DescribeExecution for each run that is paused or silent.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from breakwater.recovery.engine.endings import Endings
from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.executions import Executions
from breakwater.recovery.engine.failing import Failing
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_judgement import watch_objective
from breakwater.recovery.engine.run_list import RunList
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore
from breakwater.recovery.engine.state_object import Address, state_object
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.engine.teller import Teller

_NOT_STARTED = timedelta(minutes=1)
_SILENT = timedelta(minutes=5)
_ANSWERED = timedelta(seconds=30)
_FOR_ENDED = timedelta(seconds=25)
"""A question that hangs lasts some twenty seconds, and the function may run a minute."""

_WAITS_TOO_LONG_MINUTES = 30.0
_SHARE_OF_THE_PAUSE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the alarms look at."""

    longest_pause: float = 0.0
    longest_silence: float = 0.0

    def with_pause(self, seconds: float) -> "Watched":
        """And a pause."""
        return replace(self, longest_pause=max(self.longest_pause, seconds))

    def with_silence(self, seconds: float) -> "Watched":
        """And a silence."""
        return replace(self, longest_silence=max(self.longest_silence, seconds))


class Watching:
    """Looks after open runs."""

    def __init__(
        self,
        *,
        store: RunStore,
        runs: RunList,
        executions: Executions,
        endings: Endings,
        failing: Failing,
        teller: Teller,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._runs = runs
        self._executions = executions
        self._endings = endings
        self._failing = failing
        self._teller = teller
        self._clock = clock

    def watch(self) -> tuple[Watched, list[str]]:
        """What the alarms look at, and what went wrong with single runs: the others are seen to."""
        watched, wrong, over = Watched(), list[str](), list[str]()
        for execution_id in list(self._runs.open()):
            with self._alone(execution_id, wrong):
                state = self._store.load(execution_id)
                if state.run.ended:
                    over.append(execution_id)
                else:
                    watched = self._one(state, watched)
        # Last, and not for ever: they ask DRS, which may be the very thing that is down.
        until = self._clock() + _FOR_ENDED
        for execution_id in random.sample(over, len(over)):
            if self._clock() >= until:
                break  # the others in a minute
            with self._alone(execution_id, wrong):
                self._after_the_end(self._store.load(execution_id))
        return watched, wrong

    @staticmethod
    @contextmanager
    def _alone(execution_id: str, wrong: list[str]) -> Iterator[None]:
        """What happens to this run keeps nobody from looking after the others."""
        try:
            yield
        except Changed:
            return  # somebody acts on it at this moment: in a minute again
        except Exception as error:  # noqa: BLE001 - told by the caller, and one must not hide others
            wrong.append(f"{execution_id}: {type(error).__name__}: {error}")

    def _one(self, state: RunState, watched: Watched) -> Watched:
        now, run = self._clock(), state.run
        if run.status is RunStatus.PAUSED and self._silent(run):
            pass  # nobody could resume it any more
        elif run.status is RunStatus.PAUSED:
            self._paused(state, now)
            if run.paused_since is not None:
                watched = watched.with_pause((now - run.paused_since).total_seconds())
        elif run.begun_at is None and now - run.started_at > _NOT_STARTED:
            self._not_begun(run)
        else:
            silence = now - _last_sign(run)
            watched = watched.with_silence(silence.total_seconds())
            if silence > _SILENT:
                self._silent(run)
        return watched

    def _after_the_end(self, state: RunState) -> None:
        run = state.run
        before = state.copy()
        self._endings.ask_after_jobs(state)
        state.put(*self._store.save(state.changes_since(before)))
        self._teller.tell(state)
        if run.cleaning is None:
            self._endings.finish(state)
        elif self._clock() - run.cleaning.at > _NOT_STARTED:
            self._executions.start(run, run.cleanups)
            self._silent(run, run.cleanups)

    def _not_begun(self, run: Run) -> None:
        self._executions.start(run)
        self._silent(run)

    def _silent(self, run: Run, cleanup: int = 0) -> bool:
        """Has its execution ended without it? Then it is recorded as failed."""
        how = self._executions.ended(run, cleanup)
        if how is None:
            return False
        takes_over = "Look at what was launched; a retry takes over what completed."
        next_step = "Run the cleanup again." if cleanup else takes_over
        self._failing.fail(
            Address(execution_id=run.execution_id, cleanup=cleanup),
            f"Its Step Functions execution ended from outside ({how}); the engine cannot go on. "
            f"{next_step}",
        )
        return True

    def _paused(self, state: RunState, now: datetime) -> None:
        run = state.run
        deadline = run.pause_deadline()
        late = deadline is not None and now >= deadline
        decided = run.resumed or run.cancel_requested
        if run.tokens and (late or (decided and now - decided.at > _ANSWERED)):
            for token in run.tokens:
                self._executions.answer(token, state_object(run, now))
            return
        before = state.copy()
        self._long_wait(state, now)
        watch_objective(state, now)
        changed = state.changes_since(before)
        if changed:
            state.put(*self._store.save(changed))
            self._teller.tell(state)

    @staticmethod
    def _long_wait(state: RunState, now: datetime) -> None:
        run = state.run
        if run.waiting_too_long or run.paused_since is None:
            return
        minutes = run.seconds_between(run.paused_since, now) / 60
        ends = run.paused_since + run.longest_pause(run.paused_since)
        longest = run.seconds_between(run.paused_since, ends) / 60
        if minutes < min(_WAITS_TOO_LONG_MINUTES, _SHARE_OF_THE_PAUSE * longest):
            return
        left = longest - minutes
        text = f"It has waited for {minutes:.0f} minutes. In {left:.0f} minutes it is ended."
        run = replace(run, waiting_too_long=True)
        state.put(run.tells(EventKind.WAITING_TOO_LONG, now, text))


def _last_sign(run: Run) -> datetime:
    """When it was last looked at, or began to be again: nobody looks at a run that is paused."""
    since = [run.polled_at or run.started_at, *(pause.until for pause in run.pauses)]
    return max(since)


def lengths(watched: Watched) -> Mapping[str, Any]:
    """For the log."""
    return {
        "longestPauseSeconds": round(watched.longest_pause, 1),
        "longestSilenceSeconds": round(watched.longest_silence, 1),
    }
