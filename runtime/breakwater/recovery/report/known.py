"""What a report is made from: a run's items, in the order of the plan, and the moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.run_clock import RunClock


@dataclass(frozen=True, kw_only=True)
class Known:
    """All of it; reading it costs nothing again."""

    run: Run
    waves: Sequence[WaveRun]
    servers: Sequence[ServerRun]
    jobs: Sequence[JobRun]
    steps: Sequence[CompensationStep]
    clock: RunClock

    @cached_property
    def names(self) -> dict[int, str]:
        """Wave's index → its name."""
        return {wave.index: wave.name for wave in self.waves}

    @cached_property
    def by_wave(self) -> dict[int, list[ServerRun]]:
        """Wave's index → its servers."""
        found: dict[int, list[ServerRun]] = {wave.index: [] for wave in self.waves}
        for server in self.servers:
            found.setdefault(server.wave_index, []).append(server)
        return found
