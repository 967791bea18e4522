"""Watches a run until it is over, and lets people answer when it waits for them.

Nothing here keeps a run going: whoever stops watching leaves it as it is.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from breakwater_local.drill.answers import Answers
from breakwater_local.drill.display import Display
from breakwater_local.drill.run_time import ENDED, Json, waits_for_release
from breakwater_local.operations import Operations, Refused, Unanswered
from breakwater_local.problem import Problem

LOOK_SECONDS = 1.0
BLIND_SECONDS = 60.0
"""So long the API may be silent before the watching ends; the run goes on."""

BUSY = 429
"""What the API answers whom it has no room for at this moment: that is silence, no refusal."""

RELEASED_BY_ITSELF = "Released by make drill: YES=1 was said beforehand"
RELEASED = "Released in the terminal by whoever watches make drill"
CANCELLED = "Cancelled in the terminal by whoever watches make drill"
_YES, _CANCEL = frozenset({"y", "yes"}), frozenset({"c", "cancel"})


@dataclass(frozen=True)
class Watch:
    """What watching takes."""

    api: Operations
    display: Display
    answers: Answers
    yes: bool
    now: Callable[[], datetime]


class Watching:
    """One run."""

    def __init__(self, watch: Watch, execution_id: str) -> None:
        self._watch = watch
        self._path = f"/executions/{execution_id}"
        self._execution_id = execution_id
        self._released: set[str] = set()
        self._notes: list[str] = []
        self.run: Json | None = None

    def to_the_end(self, over: Callable[[Json], bool] = lambda run: run["status"] in ENDED) -> Json:
        """The run as it ended."""
        watch = self._watch
        with watch.answers.unechoed():
            try:
                while True:
                    run = self._look()
                    if over(run):
                        return run
                    question = self._question(run)
                    watch.display.show(run, watch.now(), self._notes, question)
                    self._wait(run)
            finally:
                watch.display.leave(self.run, watch.now())

    def _look(self) -> Json:
        patience = time.monotonic() + BLIND_SECONDS
        while True:
            try:
                found: Json = self._watch.api.get(self._path)
            except (Unanswered, Refused) as problem:
                if isinstance(problem, Refused) and problem.status < 500 and problem.status != BUSY:
                    raise
                if self.run is None or time.monotonic() > patience:
                    raise Problem(
                        f"The run cannot be seen any more; it goes on by itself. {problem.what}",
                        f"make status, then: make drill RUN={self._execution_id}",
                    ) from problem
                note = "The API does not answer; the run goes on without it. Trying again."
                self._watch.display.show(self.run, self._watch.now(), [*self._notes, note])
            else:
                self.run = found
                return found

    def _question(self, run: Json) -> str:
        """What is asked; with YES=1 the answer is given instead."""
        held = [one for one in waits_for_release(run) if one not in self._released]
        if not held and not _paused_by_hand(run):
            return ""
        watch = self._watch
        names = ", ".join(held)
        if watch.yes and held:
            self._release(held, RELEASED_BY_ITSELF)
            return ""
        if not watch.answers.possible:
            waits = f"{names} waits to be released." if held else "The run is paused."
            again = f"make drill RUN={self._execution_id}"
            return f"{waits} Answer in a terminal: {again}; or without a question: {again} YES=1"
        asked = f"Release {names}?" if held else "Resume the run?"
        return f"{asked} [y/N/c to cancel with cleanup] {watch.answers.typed}"

    def _wait(self, run: Json) -> None:
        """Until it is time to look again, or somebody has answered."""
        answers = self._watch.answers
        before = answers.typed
        answer = answers.within(LOOK_SECONDS)
        if answer is None:
            if answers.typed != before:
                self._watch.display.show(run, self._watch.now(), self._notes, self._question(run))
            return
        held = waits_for_release(run)
        if not held and not _paused_by_hand(run):
            return
        if answer.lower() in _YES:
            self._release(held, RELEASED)
        elif answer.lower() in _CANCEL:
            self._act("cancel", {"reason": CANCELLED, "cleanup": run["isDrill"]})
        else:
            ends = run["pauseEndsAt"]
            until = f" At {ends[11:16]} UTC it ends by itself." if ends else ""
            self._notes = [f"It goes on waiting.{until} Ctrl-C stops watching, not the run."]

    def _release(self, held: list[str], reason: str) -> None:
        body = {"reason": reason, **({"waves": held} if held else {})}
        if self._act("resume", body):
            self._released.update(held)

    def _act(self, action: str, body: Json) -> bool:
        try:
            done = self._watch.api.post(f"{self._path}/{action}", body)
        except Refused as refusal:  # somebody else was faster, most likely: the run says what holds
            self._notes = [f"Not done: {refusal.what}"]
            return False
        within = done["takesEffectWithinSeconds"]
        when = f" It takes effect within {within} s." if within else ""
        self._notes = [f"{done['message']}{when}"]
        return True


def _paused_by_hand(run: Json) -> bool:
    """Not for a wave that is held: somebody asked for it, and nobody has answered yet."""
    return run["status"] == "PAUSED" and run["pauseRequested"] is not None
