"""What the engine costs: looks, calls, sizes, and the time it adds to a recovery.

In one process, on the simulator, its clock driven by the engine's own waits: what is measured is
what the engine decides, not how fast this machine is. What Step Functions and Lambda add to each
look is not in these figures.
"""

import contextlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Row
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.recovery_plan import RecoveryPlan, Wave
from tests.engine_room import EngineRoom, engine_room
from tests.simulated import servers_file

REGIONS = ("eu-west-1", "eu-west-2", "eu-central-1", "eu-north-1", "us-east-1")
WAVES, PER_WAVE = 50, 20
PATH_BUDGET = 1.03
LOOKS_BUDGET = 20
STATE_BUDGET = 2048
LOOKS_AT_THE_LARGE = 30
"""Past the end of its first ten waves: what comes after is the same again."""

_READS = ("drs:DescribeJobs", "drs:DescribeRecoveryInstances")


def rows() -> Iterator[Row]:
    """One after the other."""
    yield _path("a chain of three waves", _chain)
    yield _path("the diamond of the sample", lambda room: room.sample())
    yield _looks()
    yield from _large()


def _chain(room: EngineRoom) -> RecoveryPlan:
    return room.plan(
        "chain",
        room.wave("one", "db-01"),
        room.wave("two", "app-a-01", depends_on=("one",)),
        room.wave("three", "app-a-02", depends_on=("two",)),
    )


def _driven(room: EngineRoom, plan: RecoveryPlan) -> RunState:
    with contextlib.redirect_stdout(io.StringIO()):
        execution = room.start(plan)
        room.drive(execution)
    return room.state(execution)


def _path(what: str, plan: Any) -> Row:
    with engine_room() as room:
        state = _driven(room, plan(room))
        total = (state.run.ended_at - state.run.started_at).total_seconds()  # type: ignore[operator]
        critical = _critical(room, state)
    return Row(
        what=f"{what}: from the start to the end",
        measured=f"{total:.0f} s",
        against="the longest chain of jobs, from their start to their last server",
        reference=f"{critical:.0f} s",
        ratio=total / critical,
        budget=f"≤ {PATH_BUDGET} ×",
        kept=total <= PATH_BUDGET * critical,
    )


def _critical(room: EngineRoom, state: RunState) -> float:
    """What no engine could have gone below: DRS's own times, along the dependencies."""
    own: dict[str, float] = {}
    for wave in state.in_order():
        jobs = {job.job_id for job in state.jobs_of(wave)}
        own[wave.name] = max(
            launch.settled - job.created
            for world in room.simulated.simulation.realm.worlds.values()
            for job in world.jobs.values()
            if job.id in jobs
            for launch in job.launches
        )
    ends: dict[str, float] = {}
    for wave in state.in_order():
        before = max((ends[one] for one in wave.depends_on), default=0.0)
        ends[wave.name] = before + own[wave.name]
    return max(ends.values())


def _looks() -> Row:
    with engine_room() as room:
        state = _driven(room, room.plan("one", room.wave("one", "db-01")))
        looks = len(room.states) - 1
        [wave] = state.in_order()
        minutes = (wave.ended_at - wave.started_at).total_seconds() / 60  # type: ignore[operator]
    per_quarter = looks * 15 / minutes
    return Row(
        what=f"looks at a wave of {minutes:.1f} minutes",
        measured=f"{looks}, so {per_quarter:.1f} for 15 minutes",
        against="the budget",
        reference=str(LOOKS_BUDGET),
        ratio=None,
        budget=f"≤ {LOOKS_BUDGET} for 15 minutes",
        kept=per_quarter <= LOOKS_BUDGET,
    )


def _large() -> Iterator[Row]:
    """A plan of 50 waves and 1,000 servers in 5 Regions."""
    with TemporaryDirectory() as folder, engine_room(None, _servers(Path(folder))) as room:
        plan = room.plan("large", *_waves(room), timeout_minutes=7 * 24 * 60)
        most = _Most()
        with contextlib.redirect_stdout(io.StringIO()):
            execution = room.start(plan)
            room.calls.clear()
            room.drive(execution, at=most, looks=LOOKS_AT_THE_LARGE)
        largest = max(len(json.dumps(state).encode()) for state in room.states)
    yield Row(
        what=f"the state object of {WAVES} waves and {WAVES * PER_WAVE} servers, at its largest",
        measured=f"{largest} bytes",
        against="the budget",
        reference=f"{STATE_BUDGET} bytes",
        ratio=None,
        budget=f"≤ {STATE_BUDGET} bytes",
        kept=largest <= STATE_BUDGET,
    )
    yield Row(
        what="calls that ask DRS how far the same plan is, in one look, beyond those that are "
        "needed: one per place with open jobs, one per place and 200 servers launched since, one "
        "per place with jobs to start",
        measured=str(most.beyond),
        against=f"{most.looks} looks",
        reference=f"{most.calls} calls in all",
        ratio=None,
        budget="0",
        kept=most.beyond <= 0,
    )


class _Most:
    """Looks over the engine's shoulder before each wait."""

    def __init__(self) -> None:
        self.beyond = 0
        self.looks = 0
        self.calls = 0
        self._seen = 0

    def __call__(self, room: EngineRoom, _state: dict[str, Any]) -> None:
        made = Counter(room.calls[self._seen :])
        self._seen = len(room.calls)
        if self.looks:
            reads = sum(made[one] for one in _READS)
            # A place has a page of open jobs, and one more where jobs are started in this look.
            starting = len(REGIONS) if made["drs:StartRecovery"] else 0
            launched = len(REGIONS) if made["drs:DescribeRecoveryInstances"] else 0
            self.beyond = max(self.beyond, reads - len(REGIONS) - starting - launched)
            self.calls += reads
        self.looks += 1


def _servers(folder: Path) -> Any:
    worlds = []
    for number, region in enumerate(REGIONS):
        names = [f"s-{number}-{one:03d}" for one in range(WAVES * PER_WAVE // len(REGIONS))]
        servers = "".join(f"      - {{name: {name}}}\n" for name in names)
        worlds.append(f"  - account: '111122223333'\n    region: {region}\n    servers:\n{servers}")
    return servers_file(folder, "worlds:\n" + "".join(worlds))


def _waves(room: EngineRoom) -> Sequence[Wave]:
    """Ten chains of five waves; each wave of one Region."""
    waves: list[Wave] = []
    for number in range(WAVES):
        region = number % len(REGIONS)
        first = number // len(REGIONS) * PER_WAVE
        names = [f"s-{region}-{one:03d}" for one in range(first, first + PER_WAVE)]
        before = (f"w{number - 10}",) if number >= 10 else ()
        waves.append(room.wave(f"w{number}", *names, region=REGIONS[region], depends_on=before))
    return waves
