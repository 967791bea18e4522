"""Runs and reports as the API tells them, with only what a test is about said."""

from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
RUN = "20261120-030000-0badcafe"


def at(minutes: float) -> str:
    """So many of the run's minutes after its start."""
    return (START + timedelta(seconds=minutes)).isoformat(timespec="milliseconds")


def later(minutes: float) -> datetime:
    """The same, as a moment."""
    return START + timedelta(seconds=minutes)


def run(*waves: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A drill under way, 60 times faster than the clock."""
    servers = [server for one in waves for server in one["servers"]]
    return {
        "executionId": RUN,
        "planId": "p",
        "planName": "Sample shop",
        "isDrill": True,
        "status": "RUNNING",
        "startedAt": at(0),
        "endedAt": None,
        "pausedSeconds": 0.0,
        "rtoMinutes": 60,
        "rtoAtRisk": False,
        "timeScale": 60,
        "waveCount": len(waves),
        "wavesEnded": sum(one["endedAt"] is not None for one in waves),
        "serverCount": len(servers),
        "serversLaunched": sum(one["status"] == "LAUNCHED" for one in servers),
        "serversFailed": sum(one["status"] == "FAILED" for one in servers),
        "cause": None,
        "attention": [],
        "pauseRequested": None,
        "cancelRequested": None,
        "pauseEndsAt": None,
        "cleaning": None,
        "cleanupIncomplete": False,
        "waves": list(waves),
        "compensation": [],
        **more,
    }


def wave(name: str, status: str, *servers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A wave with its servers."""
    return {
        "name": name,
        "dependsOn": [],
        "status": status,
        "reason": None,
        "cause": None,
        "released": False,
        "takenOver": False,
        "startedAt": None,
        "endedAt": None,
        "serverCount": len(servers),
        "serversLaunched": sum(one["status"] == "LAUNCHED" for one in servers),
        "serversFailed": sum(one["status"] == "FAILED" for one in servers),
        "servers": list(servers),
        **more,
    }


def server(name: str, status: str = "PENDING", **more: Any) -> dict[str, Any]:
    """A server."""
    return {
        "sourceServerId": f"s-{name}",
        "accountId": "111122223333",
        "region": "eu-west-1",
        "name": name,
        "status": status,
        "launchStatus": None,
        "recoveryInstanceId": None,
        "cause": None,
        "startedAt": None,
        "launchedAt": None,
        "confirmedAt": None,
        "endedAt": None,
        **more,
    }


def launched(name: str, start: float, end: float) -> dict[str, Any]:
    """A server that runs."""
    return server(
        name,
        "LAUNCHED",
        launchStatus="LAUNCHED",
        recoveryInstanceId="i-0123456789abcdef0",
        startedAt=at(start),
        launchedAt=at(end),
        confirmedAt=at(end),
    )


def half_way() -> dict[str, Any]:
    """The sample after 25 minutes: the diamond's two sides are being launched."""
    launching = {"launchStatus": "IN_PROGRESS", "startedAt": at(17)}
    return run(
        wave(
            "database",
            "COMPLETED",
            launched("db-02", 1, 16.5),
            launched("db-01", 1, 16),
            startedAt=at(1),
            endedAt=at(16.5),
        ),
        wave(
            "app-a",
            "LAUNCHING",
            server("app-a-01", "LAUNCHING", **launching),
            server(
                "app-a-02",
                "FAILED",
                cause="There is no capacity.",
                startedAt=at(17),
                endedAt=at(24),
            ),
            startedAt=at(17),
            dependsOn=["database"],
        ),
        wave(
            "app-b",
            "LAUNCHING",
            server("app-b-01", "LAUNCHING", **launching),
            startedAt=at(17),
            dependsOn=["database"],
        ),
        wave("web", "PENDING", server("web-01"), dependsOn=["app-a", "app-b"]),
    )


def lasting(minutes: float) -> dict[str, float]:
    """A duration, as reports tell it: minutes of the run."""
    return {"seconds": minutes * 60, "wallSeconds": minutes}


def report(**more: Any) -> dict[str, Any]:
    """Of a drill that completed in 50 of 60 minutes, as far as the summary reads it."""
    return {
        "headline": "The drill completed in 50 min; the objective of 1 h was met.",
        "status": "COMPLETED",
        "cause": None,
        "timeScale": 60,
        "recoveryTime": {
            "objectiveMinutes": 60,
            "elapsed": lasting(50),
            "measured": lasting(50),
            "paused": lasting(0),
            "withoutPauses": lasting(50),
            "met": True,
            "metWithoutPauses": True,
        },
        "recoveryPoint": {
            "objectiveMinutes": 15,
            "worst": lasting(4),
            "worstServer": "db-01",
            "previousSnapshots": 0,
            "met": True,
        },
        "waves": [
            {
                "name": "database",
                "status": "COMPLETED",
                "recoveryTime": lasting(16),
                "onCriticalPath": True,
                "servers": 2,
                "serversLaunched": 2,
            },
            {
                "name": "web",
                "status": "SKIPPED",
                "recoveryTime": None,
                "onCriticalPath": False,
                "servers": 3,
                "serversLaunched": 0,
            },
        ],
        "deviations": [],
        **more,
    }


def deviation(kind: str, text: str, severity: str = "failure", **more: Any) -> dict[str, Any]:
    """Something that did not go as planned."""
    return {"kind": kind, "text": text, "severity": severity, "wave": None, "servers": [], **more}
