"""What `make drill` does, once the system is up: start, watch, answer, keep the evidence, say it.

Exit status: 0 completed · 1 failed, timed out, cancelled, or lost from sight · 2 it could not start
(nothing was changed) · 130 the watching was interrupted (the run goes on).
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from breakwater import contract
from breakwater.contract import Role
from breakwater_local.bring_up import Surroundings, api_outputs, bring_up
from breakwater_local.drill.answers import Answers
from breakwater_local.drill.display import Display
from breakwater_local.drill.evidence import Evidence, keep_evidence
from breakwater_local.drill.plan import plan_id
from breakwater_local.drill.run_time import ENDED, Json
from breakwater_local.drill.summary import labelled, summary
from breakwater_local.drill.watching import Watch, Watching
from breakwater_local.drs import process as drs
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import Site
from breakwater_local.operations import Operations, Refused
from breakwater_local.place import CHECKOUT, Place, problem_of
from breakwater_local.problem import Problem
from breakwater_local.sample_people import PEOPLE
from breakwater_local.style import YELLOW

DONE, NOT_WELL, CANNOT_START, INTERRUPTED = 0, 1, 2, 130
STARTED = "Started by make drill"
CLEANED = "Cleaned up by make drill"
CANCELLED = "Cancelled by make drill CANCEL="


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody asked for; at most one of run, cleanup and cancel."""

    plan: str | None = None
    run: str | None = None
    cleanup: str | None = None
    cancel: str | None = None
    yes: bool = False
    folder: Path = CHECKOUT / "drills"


def drill(place: Place, surroundings: Surroundings, wanted: Wanted) -> int:
    """Bring everything up, and do it; the exit status. Every problem is a sentence."""
    one: Drill | None = None
    try:
        running = bring_up(place, surroundings)
        script = drs.settings(place).script
        one = Drill(running, api_outputs(running), wanted)
        if script:
            print(f"  DRS goes wrong as {script} says. Nothing does with: SCRIPT=none")
        return one.do()
    except Problem as problem:
        print(f"\nbreakwater: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"\nbreakwater: {problem_of(error, place.state)}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"\nbreakwater: {_left_alone(one.watched if one else None, wanted)}", file=sys.stderr)
        return INTERRUPTED
    return NOT_WELL if one and one.watched else CANNOT_START


class Drill:
    """One call of the command."""

    watched: str | None = None
    """The run that is being watched: whatever goes wrong from here on, it goes on by itself."""

    def __init__(self, aws: Emulator, outputs: Mapping[str, str], wanted: Wanted) -> None:
        """
        :param outputs: of the api stack.
        """
        site = Site(aws, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
        people = {person.role: person for person in PEOPLE}
        url = outputs[contract.API_URL_OUTPUT]
        self._aws = aws
        self._wanted = wanted
        self._planner = Operations(site, url, people[Role.PLANNER])
        self._operator = Operations(site, url, people[Role.OPERATOR])
        self._display = Display(sys.stdout)
        self._answers = Answers()

    def do(self) -> int:
        """What was asked for; the exit status."""
        wanted = self._wanted
        known = wanted.run or wanted.cleanup or wanted.cancel
        try:
            if wanted.cleanup:
                return self._clean_up(wanted.cleanup)
            if wanted.cancel:
                self._cancel(wanted.cancel)
            if known:
                self._operator.get(f"/executions/{known}")  # is there such a run?
            run = known or self._start()
        except Refused as refusal:
            raise _explained(refusal) from refusal
        return self._watched(run)

    def _start(self) -> str:
        plan = plan_id(self._wanted.plan, self._planner, self._aws)
        body = {"planId": plan, "isDrill": True, "reason": STARTED}
        run = str(self._operator.post("/executions", body)["executionId"])
        self._say([f"Started: run {run}", ""])
        return run

    def _cancel(self, execution_id: str) -> None:
        body = {"reason": CANCELLED, "cleanup": True}
        done = self._operator.post(f"/executions/{execution_id}/cancel", body)
        self._say([done["message"], ""])

    def _watched(self, execution_id: str) -> int:
        run = self._watch(execution_id).to_the_end()
        self._tell(keep_evidence(self._operator, execution_id, self._wanted.folder), run)
        return DONE if run["status"] == "COMPLETED" else NOT_WELL

    def _clean_up(self, execution_id: str) -> int:
        path = f"/executions/{execution_id}"
        doomed = self._operator.get(f"{path}/cleanup")["items"]
        if not doomed:
            self._say(["There is nothing to clean up: none of its instances exists any more."])
            return DONE
        for one in doomed:
            instance, where = one["recoveryInstanceId"], one["region"]
            self._say([f"  {instance}  {one['state']:<8}  {where}, wave {one['wave']}"])
        if not self._agreed(f"Terminate these {len(doomed)} instances? [y/N] "):
            self._say(["Nothing was terminated."])
            return DONE
        self._display.knows(self._operator.get(path))
        self._operator.post(f"{path}/cleanup", {"reason": CLEANED})
        run = self._watch(execution_id).to_the_end(_clean)
        evidence = keep_evidence(self._operator, execution_id, self._wanted.folder)
        self._say(["", *self._files(evidence)])
        if run["cleanupIncomplete"]:
            self._say([f"! The cleanup is incomplete. Again: make drill CLEANUP={execution_id}"])
        return NOT_WELL if run["cleanupIncomplete"] else DONE

    def _agreed(self, question: str) -> bool:
        if self._wanted.yes:
            return True
        if not self._answers.possible:
            raise Problem("Nobody is there to ask.", "Say it beforehand: YES=1")
        self._display.tell([])
        return input(self._display.style.shown(question)).strip().lower() in ("y", "yes")

    def _watch(self, execution_id: str) -> Watching:
        self.watched = execution_id
        watch = Watch(
            api=self._operator,
            display=self._display,
            answers=self._answers,
            yes=self._wanted.yes,
            now=lambda: datetime.now(UTC),
        )
        return Watching(watch, execution_id)

    def _tell(self, evidence: Evidence, run: Json) -> None:
        width, style = self._display.size.width, self._display.style
        self._say(["", *summary(evidence.report, width, style), *self._files(evidence)])
        if run["cleanupIncomplete"]:
            self._say([style.paint("! The cleanup is incomplete: instances still run.", YELLOW)])
        for label, command in _next(run):
            self._say(labelled(label, command, width, style))

    def _files(self, evidence: Evidence) -> list[str]:
        """Paths are never cut: they are there to be copied."""
        style = self._display.style
        [label] = labelled("Report", "", 80, style)
        return [f"{label}{evidence.page_file}", f"{' ' * 16}{evidence.json_file}"]

    def _say(self, lines: list[str]) -> None:
        self._display.tell(lines)


def _left_alone(execution_id: str | None, wanted: Wanted) -> str:
    if execution_id is None:
        return "interrupted; run it again, it goes on from here."
    if wanted.cleanup:
        again = f"make drill CLEANUP={execution_id}"
        return f"you watch no more; the cleanup goes on by itself.\n  → See what is left: {again}"
    told = [
        "you watch no more; the run goes on by itself.",
        f"  → Watch it again: make drill RUN={execution_id}",
    ]
    if not wanted.cancel:
        told.append(f"  → Cancel it, with cleanup: make drill CANCEL={execution_id}")
    return "\n".join(told)


def _clean(run: Json) -> bool:
    return run["status"] in ENDED and run["cleaning"] is None


def _next(run: Json) -> list[tuple[str, str]]:
    """What to do now."""
    this = run["executionId"]
    told = []
    if run["isDrill"] and run["serversLaunched"]:
        told.append(("End servers", f"make drill CLEANUP={this}"))
    told += [
        ("Look back", f"make drill RUN={this}"),
        ("Again", "make drill"),
        ("End all", "make down"),
    ]
    return told


def _explained(refusal: Refused) -> Problem:
    """A refusal, with what to do about it."""
    details = refusal.details if isinstance(refusal.details, dict) else {}
    other = details.get("executionId")
    if refusal.status == 409 and other:
        return Problem(
            refusal.what,
            f"Watch it: make drill RUN={other}. End it: make drill CANCEL={other}",
        )
    if refusal.status == 404:
        return Problem(refusal.what, "The ids of runs are the names of the reports in drills/.")
    return refusal
