"""Which items a contribution is counted in, and what it adds to each. Pure.

* The month of its state machine: what profiles are made of.
* The hour and the day of all state machines, in one of SLICES: what analytics are made of. A
  machine is always in the same slice. So an answer over 30 days reads 31 items of each slice,
  however many machines and executions there are; and writers meet in one item a quarter as often.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from breakwater.contract import RollupSettings
from breakwater.workflows.rollups import profile
from breakwater.workflows.rollups.contribution import Contribution, History, Outcome, StepFigures
from breakwater.workflows.rollups.figures import Place
from breakwater.workflows.rollups.periods import Grain, period_of
from breakwater.workflows.rollups.sketch import merged
from breakwater.workflows.rollups.tally import Rollup

SLICES = 4
TYPE, STEP, STATE, FAILURE = "type", "step", "state", "failure"

# How many names of a kind an item has room for. A step of a busy day takes about half a KB.
ROOM = {TYPE: 100, STEP: 150, STATE: 60, FAILURE: 60}
ROOM_OF_MACHINE = {profile.WHOLE: 1, profile.STEP: 200}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long things stay. Later than `contributions` after its end, an execution is not counted
    any more: what it contributed before could not be replaced.
    """

    contributions: timedelta = timedelta(days=95)
    hours: timedelta = timedelta(days=8)
    days: timedelta = timedelta(days=400)
    months: timedelta = timedelta(days=95)


def keeping_of(settings: RollupSettings) -> Keeping:
    """As infrastructure chose."""
    return Keeping(days=timedelta(days=settings.keepDays))


def slice_of(machine: str) -> str:
    """The slice in which a state machine's executions are counted."""
    return slice_named(hashlib.sha256(machine.encode()).digest()[0] % SLICES)


def slice_named(number: int) -> str:
    """No state machine's ARN."""
    return f"ALL#{number}"


ALL_SLICES = tuple(slice_named(number) for number in range(SLICES))


def places_of(contribution: Contribution, keeping: Keeping, now: datetime) -> list[Place]:
    """Where it counts, without what would be dropped at once."""
    ended, part = contribution.ended_at, slice_of(contribution.machine)
    places = [
        Place(contribution.machine, period_of(Grain.MONTH, ended)),
        Place(part, period_of(Grain.DAY, ended)),
        Place(part, period_of(Grain.HOUR, ended)),
    ]
    return [place for place in places if expiry_of(place, keeping) > now]


def expiry_of(place: Place, keeping: Keeping) -> datetime:
    """After this an item is dropped."""
    grain, _, written = place.period.partition("#")
    match Grain(grain):
        case Grain.HOUR:
            return _moment(f"{written}:00") + keeping.hours
        case Grain.DAY:
            return _moment(written) + keeping.days
        case Grain.MONTH:
            return _moment(f"{written}-28") + keeping.months


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def room_of(place: Place) -> Mapping[str, int]:
    """How many names an item there may hold."""
    return ROOM_OF_MACHINE if place.period.startswith(Grain.MONTH) else ROOM


def share_of(contribution: Contribution, place: Place) -> Rollup:
    """What it adds there."""
    if place.period.startswith(Grain.MONTH):
        return _usual(contribution)
    return _counted(contribution)


def _usual(contribution: Contribution) -> Rollup:
    rollup = Rollup()
    if contribution.outcome is Outcome.COMPLETED and not contribution.redrive:
        whole = rollup.tally(profile.WHOLE)
        whole.put(profile.DURATION, contribution.duration_ms)
        if contribution.steps_entered is not None:
            whole.put(profile.STEPS_ENTERED, contribution.steps_entered)
    for name, step in contribution.steps.items():
        if step.succeeded:
            rollup.tally(profile.STEP, name).sketch(profile.DURATION).add(step.succeeded)
    return rollup


def _counted(contribution: Contribution) -> Rollup:
    rollup = Rollup()
    whole = rollup.tally(TYPE, contribution.agent)
    whole.count("ended")
    whole.count(contribution.outcome)
    whole.count("redrives", int(contribution.redrive > 0))
    whole.put(
        "ms" if contribution.outcome is Outcome.COMPLETED else "otherMs", contribution.duration_ms
    )
    whole.count(f"history.{contribution.history}")
    whole.count(f"sla.{contribution.sla}", int(contribution.sla is not None))
    whole.count("transitions", contribution.transitions or 0)
    machine = contribution.machine.rpartition(":")[2]
    about = (contribution.agent, machine)
    for name, step in contribution.steps.items():
        _count_step(rollup, (*about, name), step)
    if contribution.failed:
        state = contribution.failing_state or ""
        if contribution.history is History.READ and state:
            rollup.tally(STATE, *about, state).count("failures")
        what = (contribution.fingerprint or "", contribution.error or "", state)
        rollup.tally(FAILURE, *about, *what).count("failures")
    return rollup


def _count_step(rollup: Rollup, about: tuple[str, ...], step: StepFigures) -> None:
    tally = rollup.tally(STEP, *about)
    for name in ("occurrences", "failed", "attempts", "retries"):
        tally.count(name, getattr(step, name))
    tally.sketch("ms").add(merged([step.succeeded, step.otherwise]))
