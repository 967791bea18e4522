"""A run as it is known at one moment: its items, of which decisions make the next ones.

Decisions replace records (`put`) and never touch what was read, so what changed is the difference
between two states. Of servers only those are held that may change: see `RunStore.load`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JOB_LIVE, JOB_UNSETTLED, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun

Key = TypeVar("Key")
Record = TypeVar("Record")
Item = Run | WaveRun | ServerRun | JobRun | CompensationStep


@dataclass(slots=True)
class RunState:
    """The items of a run, by their keys."""

    run: Run
    waves: dict[int, WaveRun] = field(default_factory=dict)
    servers: dict[str, ServerRun] = field(default_factory=dict)
    jobs: dict[str, JobRun] = field(default_factory=dict)
    steps: dict[str, CompensationStep] = field(default_factory=dict)

    def copy(self) -> Self:
        """Another state with the same records."""
        return type(self)(
            self.run, dict(self.waves), dict(self.servers), dict(self.jobs), dict(self.steps)
        )

    def put(self, *records: Item) -> None:
        """These records are as follows now."""
        for record in records:
            match record:
                case Run():
                    self.run = record
                case WaveRun():
                    self.waves[record.index] = record
                case ServerRun():
                    self.servers[record.item_key] = record
                case JobRun():
                    self.jobs[record.item_key] = record
                case CompensationStep():
                    self.steps[record.item_key] = record

    def changes_since(self, before: "RunState") -> list[Item]:
        """What is to be written, the run last: whoever reads it as done finds the rest done."""
        changed: list[Item] = [
            *_differing(self.servers, before.servers),
            *_differing(self.jobs, before.jobs),
            *_differing(self.steps, before.steps),
            *_differing(self.waves, before.waves),
        ]
        if self.run != before.run:
            changed.append(self.run)
        return changed

    def servers_of(self, wave: WaveRun) -> list[ServerRun]:
        """The servers of a wave, in the order of their keys."""
        return [one for one in self.servers.values() if one.wave_index == wave.index]

    def servers_in(self, job: JobRun) -> list[ServerRun]:
        """The servers of a job."""
        keys = job.server_keys
        return [
            one
            for one in self.servers.values()
            if one.wave_index == job.wave_index and one.key in keys
        ]

    def jobs_of(self, wave: WaveRun) -> list[JobRun]:
        """The jobs of a wave."""
        return [job for job in self.jobs.values() if job.wave_index == wave.index]

    def live_jobs(self) -> list[JobRun]:
        """Those that DRS may be working on."""
        return [job for job in self.jobs.values() if job.status in JOB_LIVE]

    def unsettled(self, wave: WaveRun) -> bool:
        """Does a job of this wave still run, or wait to?"""
        return any(job.status in JOB_UNSETTLED for job in self.jobs_of(wave))

    def named(self) -> dict[str, WaveRun]:
        """Waves by name."""
        return {wave.name: wave for wave in self.waves.values()}

    def in_order(self) -> Iterator[WaveRun]:
        """Waves as the plan is written."""
        return (self.waves[index] for index in sorted(self.waves))

    def launching(self) -> list[WaveRun]:
        """Waves that are under way."""
        return [wave for wave in self.in_order() if wave.status is WaveStatus.LAUNCHING]


def _differing(after: Mapping[Key, Record], before: Mapping[Key, Record]) -> list[Record]:
    return [item for key, item in after.items() if before.get(key) != item]


def held(state: RunState) -> tuple[str, ...]:
    """The waves that wait for a person and that nobody has released."""
    return tuple(
        wave.name
        for wave in state.in_order()
        if wave.status is WaveStatus.HELD and wave.name not in state.run.released
    )
