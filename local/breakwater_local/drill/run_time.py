"""When things of a run happened, in the run's own seconds. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]

ENDED = frozenset({"COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"})


def elapsed(run: Json, now: datetime) -> float:
    """Since it was asked for, pauses included: what the objective is about."""
    end = _moment(run["endedAt"]) or now
    return _lasting(run, _moment(run["startedAt"]), end)


def wave_seconds(run: Json, wave: Json, now: datetime) -> float | None:
    """How long a wave took, or takes until now; None before it started."""
    start = _moment(wave["startedAt"])
    if start is None:
        return None
    return _lasting(run, start, _moment(wave["endedAt"]) or _moment(run["endedAt"]) or now)


def server_seconds(run: Json, wave: Json, server: Json, now: datetime) -> float | None:
    """How long a server took until it ran or was given up, or takes until now."""
    start = _moment(server["startedAt"])
    if start is None:
        return None
    known = (server["confirmedAt"], server["endedAt"], server["launchedAt"])
    ends = [_moment(one) for one in (*known, wave["endedAt"], run["endedAt"]) if one]
    if server["status"] == "LAUNCHING" or not ends:
        return _lasting(run, start, _moment(run["endedAt"]) or now)
    return _lasting(run, start, ends[0])


def waits_for_release(run: Json) -> list[str]:
    """The waves that a person has to let go."""
    return [
        wave["name"] for wave in waves(run) if wave["status"] == "HELD" and not wave["released"]
    ]


def waves(run: Json) -> list[Json]:
    """Its waves; none before it has begun, or where only its summary is known."""
    return list(run.get("waves") or [])


def servers(wave: Json) -> list[Json]:
    """Its servers by name."""
    return sorted(wave["servers"], key=lambda one: (one["name"], one["sourceServerId"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _lasting(run: Json, start: datetime | None, end: datetime | None) -> float:
    if start is None or end is None:
        return 0.0
    return max(0.0, (end - start).total_seconds()) * float(run["timeScale"])
