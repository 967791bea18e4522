"""The execution index: what its functions are told, and what is written on its rows."""

from dataclasses import dataclass, field

from breakwater.contract.tags import AGENT_NAME_TAG
from breakwater.contract.told_settings import ToldSettings

SLA_AT_RISK = 0.9
"""Of the target: from here on somebody may still do something about it."""

# What the sweep of deadlines writes on a row of the index, each once per attempt (once per state
# where it says so), on the condition that the row is as it was read. ISO-8601.
SLA_WARNED = "slaWarnedAt"
SLA_BREACHED = "slaBreachedAt"

SLOW_STATE = "slowState"
"""The state last found slower than its own p95, and since when the execution has been in it."""

SLOW_STATE_SINCE = "slowStateSince"

# What the index may know of an execution beyond its lifecycle: a machine's tag (`breakwater:...`),
# or a path into the input.
LIFTED_FIELDS = ("priority", "triggeredBy", "slaTargetSeconds")

# What sweep and backfill ask of Step Functions.
INDEX_LOOKS = (
    "DescribeExecution",
    "ListExecutions",
    "ListStateMachines",
    "ListTagsForResource",
)
INDEX_SETTINGS_VARIABLE = "INDEX_SETTINGS"
INDEX_QUEUE_VARIABLE = "INDEX_QUEUE_URL"
INDEX_DEAD_LETTERS_VARIABLE = "INDEX_DEAD_LETTERS_URL"

# Where `python -m breakwater.index` finds an index: an output of its stack, described so.
INDEX_PARTS_OUTPUT = "An execution index of Breakwater: its parts, for python -m breakwater.index"
INDEX_METRICS = "Breakwater/ExecutionIndex"
INDEX_REPAIRS_METRIC = "Repairs"
INDEX_DIMENSION = "Table"

# A record is tried so often before it is laid aside with its reason; SQS itself lays aside what
# killed the function so often that it could give none.
INDEX_TRIES = 3
INDEX_RECEIVES = 6

# Search attributes of an execution: each is one more item.
INDEX_MOST_PATHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings(ToldSettings):
    """What the functions of an execution index are told, as JSON in one variable."""

    agentNameTag: str = AGENT_NAME_TAG  # noqa: N815 - JSON
    """The tag of a state machine that says whose executions they are."""

    search: dict[str, list[str]] = field(default_factory=dict)
    """Name or ARN of a state machine → dotted paths into its input to search by."""

    inputPaths: dict[str, str] = field(default_factory=dict)  # noqa: N815
    """One of LIFTED_FIELDS → the dotted path into the input where it is."""

    keepDays: int | None = 90  # noqa: N815
    """Days that a row stays after its execution ended; None: for good."""

    mapChildren: bool = False  # noqa: N815
    """Also index the child executions of distributed maps."""

    apiShare: float = 0.5  # noqa: N815
    """The part of the quotas of Step Functions that sweep and backfill may use together."""

    sweepMinutes: int = 5  # noqa: N815
    """How often the sweep comes round."""
