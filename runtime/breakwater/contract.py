"""The vocabulary that infrastructure and code share.

Infrastructure builds what is named here, code reads what is named here, so a table's key or a
function's environment variable cannot be called one thing in the template and another in the
code. Standard library only: a construct imports it at synthesis, a function at its cold start.
"""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Literal, Self

PRODUCT = "breakwater"

# What a deployment consists of, in the order in which it is deployed.
STACKS = ("data", "index", "recovery", "api")


def stack_name(environment: str, part: str) -> str:
    """The name of a stack as CloudFormation, `make verify` and people know it."""
    return f"{PRODUCT}-{environment}-{part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexShape:
    """A global secondary index. Every key is a string; times are ISO-8601, so they sort."""

    name: str
    partition: str
    sort: str | None = None
    projection: Literal["ALL", "KEYS_ONLY"] = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table's keys and indexes, and the environment variable that carries its physical name."""

    name: str
    variable: str
    partition: str
    sort: str | None = None
    indexes: tuple[IndexShape, ...] = field(default=())
    expires: str | None = None  # the attribute (epoch seconds) after which DynamoDB drops an item
    stream: bool = False  # every change is told, as it was and as it is


PROTECTION_GROUPS = TableShape(
    name="protectionGroups",
    variable="PROTECTION_GROUPS_TABLE",
    partition="groupId",
    indexes=(IndexShape(name="NameIndex", partition="kind", sort="foldedName"),),
)
RECOVERY_PLANS = TableShape(
    name="recoveryPlans",
    variable="RECOVERY_PLANS_TABLE",
    partition="planId",
    indexes=(IndexShape(name="NameIndex", partition="kind", sort="foldedName"),),
)
EXECUTION_HISTORY = TableShape(
    name="executionHistory",
    variable="EXECUTION_HISTORY_TABLE",
    partition="executionId",
    sort="itemKey",
    indexes=(
        IndexShape(name="PlanDateIndex", partition="planId", sort="startedAt"),
        IndexShape(name="StatusDateIndex", partition="status", sort="startedAt"),
        IndexShape(name="OpenIndex", partition="open", sort="startedAt"),
    ),
    stream=True,
)
SERVER_LEASES = TableShape(
    name="serverLeases",
    variable="SERVER_LEASES_TABLE",
    partition="server",
    indexes=(IndexShape(name="ExecutionIndex", partition="executionId", sort="server"),),
)
AUDIT_TRAIL = TableShape(
    name="auditTrail",
    variable="AUDIT_TRAIL_TABLE",
    partition="subject",
    sort="recordedAt",
    indexes=(IndexShape(name="ActorDateIndex", partition="actor", sort="recordedAt"),),
)
REQUESTS = TableShape(
    name="requests",
    variable="REQUESTS_TABLE",
    partition="idempotencyKey",
    expires="expiresAt",
)
EXECUTION_INDEX = TableShape(
    name="executionIndex",
    variable="EXECUTION_INDEX_TABLE",
    partition="executionArn",
    indexes=(
        IndexShape(name="AgentDateIndex", partition="agentName", sort="startDate"),
        IndexShape(name="StatusDateIndex", partition="status", sort="startDate"),
        IndexShape(name="AgentStatusDateIndex", partition="agentStatus", sort="startDate"),
        IndexShape(name="StartDayIndex", partition="startDay", sort="startDate"),
        IndexShape(name="StopDayIndex", partition="stopDay", sort="stopDate"),
        IndexShape(name="OpenIndex", partition="open", sort="deadline"),
        IndexShape(
            name="SearchIndex", partition="searchKey", sort="startDate", projection="KEYS_ONLY"
        ),
    ),
    expires="expiresAt",
    stream=True,
)
ROLLUPS = TableShape(
    name="rollups",
    variable="ROLLUPS_TABLE",
    partition="stateMachineArn",
    sort="period",
    expires="expiresAt",
)

BULKS = TableShape(
    name="bulks",
    variable="BULKS_TABLE",
    partition="bulkId",
    sort="itemKey",
    expires="expiresAt",
)

LIVE = TableShape(
    name="live",
    variable="LIVE_TABLE",
    partition="topic",
    sort="entry",
    expires="expiresAt",
)

ALL_TABLES = (
    PROTECTION_GROUPS,
    RECOVERY_PLANS,
    EXECUTION_HISTORY,
    SERVER_LEASES,
    AUDIT_TRAIL,
    REQUESTS,
    BULKS,
    EXECUTION_INDEX,
    ROLLUPS,
    LIVE,
)

ENVIRONMENT_VARIABLE = "BREAKWATER_ENVIRONMENT"
ACCOUNT_VARIABLE = "BREAKWATER_ACCOUNT"


class Role(StrEnum):
    """What somebody may do: a group of the user pool."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    PLANNER = "planner"
    COMMANDER = "commander"


# Outputs of the api stack, read by `make verify` and by people.
PORTAL_URL_OUTPUT = "PortalUrl"
API_URL_OUTPUT = "ApiUrl"
PAGE_BUCKET_OUTPUT = "PageBucket"
USER_POOL_OUTPUT = "UserPoolId"
CLIENT_OUTPUT = "ClientId"
SIGN_IN_OUTPUT = "SignInUrl"
HEALTH_PATH = "/health"

# What the engine is told.
STATE_MACHINE_VARIABLE = "RECOVERY_STATE_MACHINE_ARN"
"""Of the alias by which runs are started."""

MESSAGES_TOPIC_VARIABLE = "MESSAGES_TOPIC_ARN"
TIME_SCALE_VARIABLE = "TIME_SCALE"
"""How many times faster than the wall clock the minutes of plans pass: 1 on AWS."""

LIVE_ALIAS = "live"
"""Runs are started by this alias of the state machine, never by its bare name."""

METRICS_NAMESPACE = "Breakwater"
ENVIRONMENT_DIMENSION = "Environment"
PLAN_DIMENSION = "Plan"
WAVE_DIMENSION = "Wave"


class State(StrEnum):
    """The states of the recovery state machine, as people see them on the diagram."""

    INITIATE_WAVE_PLAN = "InitiateWavePlan"
    DETERMINE_WAVE_PLAN_STATE = "DetermineWavePlanState"
    DETERMINE_WAVE_STATE = "DetermineWaveState"
    WAIT_FOR_WAVE_UPDATE = "WaitForWaveUpdate"
    UPDATE_WAVE_STATUS = "UpdateWaveStatus"
    WAIT_FOR_RESUME = "WaitForResume"
    RESUME_WAVE_PLAN = "ResumeWavePlan"
    RECORD_PLAN_FAILURE = "RecordPlanFailure"
    PLAN_FAILED_UNRECORDED = "PlanFailedUnrecorded"
    PLAN_COMPLETED = "PlanCompleted"
    PLAN_FAILED = "PlanFailed"
    PLAN_TIMEOUT = "PlanTimeout"
    PLAN_CANCELLED = "PlanCancelled"


class Metric(StrEnum):
    """What is counted, by environment and, where it says so, by plan."""

    RUNS_STARTED = "RunsStarted"
    RUNS_COMPLETED = "RunsCompleted"
    RUNS_FAILED = "RunsFailed"
    RUNS_TIMED_OUT = "RunsTimedOut"
    RUNS_CANCELLED = "RunsCancelled"
    PLAN_SECONDS = "PlanSeconds"
    WAVE_SECONDS = "WaveSeconds"
    RTO_RATIO = "RtoRatio"
    """Measured recovery time by the objective: above 1 it was missed."""

    RTO_RATIO_WITHOUT_PAUSES = "RtoRatioWithoutPauses"
    SERVERS_LAUNCHED = "ServersLaunched"
    SERVERS_FAILED = "ServersFailed"
    LONGEST_PAUSE_SECONDS = "LongestPauseSeconds"
    """Of the runs that are paused now, told every minute."""

    LONGEST_SILENCE_SECONDS = "LongestSilenceSeconds"
    """Since the engine last looked at a run that is under way, told every minute."""


def portal_url_parameter(environment: str) -> str:
    """Where functions find the address that people open, for links in messages."""
    return f"/{PRODUCT}/{environment}/portal-url"


# Which function answers below which paths. What it answers there, its own route table says.
API_PATHS = {
    "plans": ("/me", "/protection-groups", "/recovery-plans", "/source-servers"),
    "audit": ("/audit",),
    "executions": ("/executions",),
    "timeline": ("/executions/{executionId}/step-functions",),
    "workflows": ("/workflows", "/index/health"),
    "actions": (
        "/workflows/{workflowId}/pause",
        "/workflows/{workflowId}/resume",
        "/workflows/{workflowId}/cancel",
        "/workflows/{workflowId}/retry",
        "/workflows/{workflowId}/clone",
    ),
    "analytics": ("/analytics",),
    "bulk": ("/bulk",),
    "live": ("/live",),
}

STATE_MACHINE_VARIABLE = "RECOVERY_STATE_MACHINE_ARN"
"""Of the alias by which runs are started."""

# The role by which servers of another account are reached, and what it may look at there.
TARGET_EXTERNAL_ID_VARIABLE = "TARGET_EXTERNAL_ID"
TARGET_READS = (
    "drs:DescribeJobs",
    "drs:DescribeRecoverySnapshots",
    "drs:DescribeSourceServers",
    "drs:GetLaunchConfiguration",
    "drs:ListRecoveryPlanExecutionSteps",
    "drs:ListRecoveryPlanExecutions",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
)


def target_role_name(environment: str) -> str:
    """The name of that role, the same in every account."""
    return f"BreakwaterTarget-{environment}"


# The HTTP API's stage: the page and the API share one origin, where the API is /api/*.
API_STAGE = "api"


# Tags of state machines that the index reads; how an execution's agent is called is configurable.
TAG_PREFIX = f"{PRODUCT}:"
SEARCH_TAG = f"{TAG_PREFIX}search"
SLA_TAG = f"{TAG_PREFIX}sla-seconds"
"""How long an execution may take. Before it had this name it was `breakwater:slaTargetSeconds`,
which is still read where this one is not there."""

SLA_AT_RISK = 0.9
"""Of the target: from here on somebody may still do something about it."""

# What the sweep of deadlines writes on a row of the index, each once per attempt (once per state
# where it says so), on the condition that the row is as it was read. ISO-8601.
SLA_WARNED = "slaWarnedAt"
SLA_BREACHED = "slaBreachedAt"
SLOW_STATE = "slowState"
"""The state last found slower than its own p95, and since when the execution has been in it."""

SLOW_STATE_SINCE = "slowStateSince"

ACTIONS_TAG = f"{TAG_PREFIX}actions"
ACTIONS_ALLOWED = "allow"
"""Of the tag above: Breakwater may act on executions of this machine. Without it, it looks on."""

GATE_TAG = f"{TAG_PREFIX}pause-gate"
"""Of a state machine: the ARN of the function of the gate that its executions can pause at. Of that
function: GATE_FUNCTION, so that roles can name what they may call."""

GATE_FUNCTION = "function"
COMPENSATION_TAG = f"{TAG_PREFIX}compensation"
"""The name or ARN of the state machine that makes good again what a cancelled execution did."""

PAUSE_GATE = TableShape(
    name="pauseGate",
    variable="PAUSE_GATE_TABLE",
    partition="executionArn",
    sort="item",
    expires="expiresAt",
)
GATE_SECONDS_VARIABLE = "PAUSE_GATE_SECONDS"
"""How long an execution waits at its gate for somebody to resume it."""

GATE_EVENT_SOURCE = "breakwater.pause-gate"
GATE_EVENT_TYPE = "Breakwater Pause Gate Change"
"""How a gate tells the default bus that it holds an execution, or has let it go. `detail`:
executionArn, askedAt (of the pause that this is about), isHeld, gate, since, until."""

AGENT_NAME_TAG = "agentName"

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

BULK_QUEUE_VARIABLE = "BULK_QUEUE_URL"
"""Where whoever works on bulks is told that there is one, or more of one."""

ROLLUP_SETTINGS_VARIABLE = "ROLLUP_SETTINGS"
ROLLUP_DEAD_LETTERS_VARIABLE = "ROLLUP_DEAD_LETTERS_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupSettings:
    """What the functions that count ended executions are told, as JSON in one variable."""

    keepDays: int = 400  # noqa: N815 - JSON
    """How long the figures of a day stay."""

    def to_json(self) -> str:
        """As it stands in the variable."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As a function reads it."""
        return cls(**json.loads(text))


# The WebSocket API's stage: behind the one origin the socket is at /live.
LIVE_STAGE = "live"
LIVE_URL_VARIABLE = "LIVE_URL"
"""Where clients connect, as they are told with their ticket."""

LIVE_CALLBACK_VARIABLE = "LIVE_CALLBACK_URL"
"""Where functions post to connections."""

LIVE_DEAD_LETTERS_VARIABLE = "LIVE_DEAD_LETTERS_URL"
LIVE_TAIL_VARIABLE = "LIVE_TAIL_FUNCTION"
LIVE_BUS_VARIABLE = "LIVE_BUS"
LIVE_EVENT = "Breakwater Workflow Change"
"""The detail type of changes on the bus that other systems listen to."""

LIVE_EVENT_SOURCE = "breakwater.live"


def live_bus_name(environment: str) -> str:
    """The event bus on which changes are told: rules of other stacks find it by name."""
    return f"{PRODUCT}-{environment}-changes"


WORKFLOW_EVENT = "Breakwater Workflow Event"
"""The detail type of what custom workflows publish."""

WORKFLOW_BUS_VARIABLE = "BREAKWATER_WORKFLOW_BUS"


def workflow_bus_name(environment: str) -> str:
    """The event bus that custom workflows publish to: other stacks and scripts find it by name."""
    return f"{PRODUCT}-{environment}-workflows"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
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

    def to_json(self) -> str:
        """As it stands in the variable."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As a function reads it."""
        return cls(**json.loads(text))
