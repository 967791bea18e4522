"""Is the index well? The record, and what it means to a person. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from breakwater.platform.clock import iso

LATE_SWEEPS = 3
SLOW_SECONDS = 60.0
_LATELY = timedelta(minutes=15)  # a lag of yesterday is no trouble of today


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The record and a verdict."""

    well: bool
    problems: list[str]
    record: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is answered."""
        return {"well": self.well, "problems": self.problems, **self.record}


def health(record: Mapping[str, Any], *, sweep_minutes: int, now: datetime) -> Health:
    """The verdict.

    :param record: as its functions noted it; empty before the first of them ran.
    """
    problems = []
    swept = record.get("lastSweepAt")
    late = timedelta(minutes=sweep_minutes * LATE_SWEEPS)
    if swept is None:
        problems.append("No sweep has ended yet: wait for the schedule, or run `sweep`.")
    elif datetime.fromisoformat(swept) < now - late:
        problems.append(f"The last sweep ended at {swept}: see the logs of the function Sweep.")
    if record.get("deadLetters"):
        problems.append(
            f"{record['deadLetters']} records could not be indexed: `replay --look` shows them "
            "with their reasons, `replay` tries them again."
        )
    if record.get("lastSweepFailures"):
        problems.append(
            "The last sweep could not mend these: "
            f"{'; '.join(record['lastSweepFailures'])}. See the log of the function Sweep."
        )
    lately = iso(now - _LATELY)
    if record.get("lagSeconds", 0) > SLOW_SECONDS and record.get("capturedAt", "") > lately:
        problems.append(
            f"At {record.get('capturedAt')} events were {record['lagSeconds']} s behind: see the "
            "queue's age and the logs of the function Capture."
        )
    if record.get("waiting") and record.get("capturedAt", "") <= lately:
        problems.append(
            f"{record['waiting']} changes wait, and none was written since "
            f"{record.get('capturedAt', 'ever')}: see the logs of the function Capture."
        )
    return Health(well=not problems, problems=problems, record=record)
