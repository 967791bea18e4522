"""Workflows of all engines: their events, their gates, what is done to many, their figures."""

from dataclasses import dataclass

from breakwater.contract.deployment import PRODUCT
from breakwater.contract.told_settings import ToldSettings

GATE_SECONDS_VARIABLE = "PAUSE_GATE_SECONDS"
"""How long an execution waits at its gate for somebody to resume it."""

GATE_EVENT_SOURCE = "breakwater.pause-gate"
GATE_EVENT_TYPE = "Breakwater Pause Gate Change"
"""How a gate tells the default bus that it holds an execution, or has let it go. `detail`:
executionArn, askedAt (of the pause that this is about), isHeld, gate, since, until."""

BULK_QUEUE_VARIABLE = "BULK_QUEUE_URL"
"""Where whoever works on bulks is told that there is one, or more of one."""

ROLLUP_SETTINGS_VARIABLE = "ROLLUP_SETTINGS"
ROLLUP_DEAD_LETTERS_VARIABLE = "ROLLUP_DEAD_LETTERS_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupSettings(ToldSettings):
    """What the functions that count ended executions are told, as JSON in one variable."""

    keepDays: int = 400  # noqa: N815 - JSON
    """How long the figures of a day stay."""


WORKFLOW_EVENT = "Breakwater Workflow Event"
"""The detail type of what custom workflows publish."""

WORKFLOW_BUS_VARIABLE = "BREAKWATER_WORKFLOW_BUS"


def workflow_bus_name(environment: str) -> str:
    """The event bus that custom workflows publish to: other stacks and scripts find it by name."""
    return f"{PRODUCT}-{environment}-workflows"
