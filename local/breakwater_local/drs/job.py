"""A job: PENDING, STARTED, COMPLETED, and nothing else; how it went stands at its servers."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from breakwater_local.drs.launch import Launch, LogItem

Kind = Literal["LAUNCH", "TERMINATE"]
WINDING_UP = 5.0


@dataclass
class Job:
    """Something that DRS does with servers."""

    number: int
    id: str
    arn: str
    kind: Kind
    initiated_by: str
    created: float
    started: float
    launches: list[Launch]
    tags: dict[str, str]
    log: list[LogItem] = field(default_factory=list)
    """The lines that are about no server in particular, and about earlier instances."""
    shown_from: float = 0.0
    """Until then the job shows none of its servers."""

    def __post_init__(self) -> None:
        self.unfold()

    def unfold(self) -> None:
        """Lay out the whole log; again after a launch went otherwise than planned."""
        settled = max((launch.settled for launch in self.launches), default=self.started)
        self.ended = max(settled, self.started) + WINDING_UP
        lines = [LogItem(self.started, "JOB_START"), *self.log]
        for launch in self.launches:
            lines += launch.log
        self._lines = sorted(lines, key=lambda item: item.at)
        self._lines.append(LogItem(self.ended, "JOB_END"))

    def status_at(self, at: float) -> str:
        """The job's own status."""
        if at < self.started:
            return "PENDING"
        return "STARTED" if self.open_at(at) else "COMPLETED"

    def open_at(self, at: float) -> bool:
        """Is it not COMPLETED yet? It waits for launches that EC2 is late with."""
        return at < self.ended or any(launch.held_at(at) for launch in self.launches)

    def log_at(self, at: float) -> list[LogItem]:
        """The lines written until then, in order."""
        lines = self._lines[: bisect_right(self._lines, at, key=lambda item: item.at)]
        return lines[:-1] if len(lines) == len(self._lines) and self.open_at(at) else lines

    def servers_at(self, at: float) -> list[Launch]:
        """The participating servers that the job shows."""
        return self.launches if at >= self.shown_from else []
