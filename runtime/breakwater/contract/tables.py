"""Every table: its keys, its indexes, and the variable by which a function finds it."""

from dataclasses import dataclass, field
from typing import Literal


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
PAUSE_GATE = TableShape(
    name="pauseGate",
    variable="PAUSE_GATE_TABLE",
    partition="executionArn",
    sort="item",
    expires="expiresAt",
)
