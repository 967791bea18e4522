"""Each `grant_*` allows exactly what its use needs: written here once more, by hand, to compare."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from breakwater_constructs.audit_trail_table import AuditTrailTable
from breakwater_constructs.bulks_table import BulksTable
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.execution_index_table import ExecutionIndexTable
from breakwater_constructs.live_table import LiveTable
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.protection_groups_table import ProtectionGroupsTable
from breakwater_constructs.recovery_plans_table import RecoveryPlansTable
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.rollups_table import RollupsTable
from breakwater_constructs.server_leases_table import ServerLeasesTable
from tests.infrastructure.synthesized import as_list

TABLE = ""
ALLOWED: dict[tuple[type[DurableTable], str], dict[str, set[str]]] = {
    (ProtectionGroupsTable, "grant_read"): {
        TABLE: {"GetItem", "BatchGetItem"},
        "NameIndex": {"Query"},
    },
    (ProtectionGroupsTable, "grant_read_known"): {TABLE: {"BatchGetItem"}},
    (ProtectionGroupsTable, "grant_edit"): {TABLE: {"PutItem", "UpdateItem", "DeleteItem"}},
    (RecoveryPlansTable, "grant_read"): {TABLE: {"GetItem"}, "NameIndex": {"Query"}},
    (RecoveryPlansTable, "grant_read_known"): {TABLE: {"GetItem"}},
    (RecoveryPlansTable, "grant_edit"): {TABLE: {"PutItem", "UpdateItem", "DeleteItem"}},
    (ExecutionHistoryTable, "grant_read"): {
        TABLE: {"GetItem", "Query"},
        "PlanDateIndex": {"Query"},
        "StatusDateIndex": {"Query"},
    },
    (ExecutionHistoryTable, "grant_read_run"): {TABLE: {"Query"}},
    (ExecutionHistoryTable, "grant_read_item"): {TABLE: {"GetItem"}},
    (ExecutionHistoryTable, "grant_read_known"): {TABLE: {"BatchGetItem"}},
    (ExecutionHistoryTable, "grant_list_by_status"): {
        TABLE: {"BatchGetItem"},
        "StatusDateIndex": {"Query"},
    },
    (ExecutionHistoryTable, "grant_list"): {
        TABLE: {"GetItem", "BatchGetItem", "Query"},
        "PlanDateIndex": {"Query"},
        "StatusDateIndex": {"Query"},
        "OpenIndex": {"Query"},
    },
    (ExecutionHistoryTable, "grant_find_open"): {"OpenIndex": {"Query"}},
    (ExecutionHistoryTable, "grant_record"): {TABLE: {"PutItem"}},
    (ServerLeasesTable, "grant_read"): {TABLE: {"BatchGetItem"}},
    (ServerLeasesTable, "grant_take"): {TABLE: {"GetItem", "PutItem"}},
    (ServerLeasesTable, "grant_give_back"): {
        TABLE: {"DeleteItem"},
        "ExecutionIndex": {"Query"},
    },
    (AuditTrailTable, "grant_append"): {TABLE: {"PutItem"}},
    (AuditTrailTable, "grant_read_subject"): {TABLE: {"Query"}},
    (AuditTrailTable, "grant_read"): {TABLE: {"Query"}, "ActorDateIndex": {"Query"}},
    (RequestsTable, "grant_remember"): {TABLE: {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}},
    (RequestsTable, "grant_take_tokens"): {TABLE: {"UpdateItem"}},
    (BulksTable, "grant_preview"): {
        TABLE: {"GetItem", "Query", "PutItem", "BatchWriteItem", "UpdateItem"}
    },
    (BulksTable, "grant_work"): {TABLE: {"GetItem", "Query", "UpdateItem", "DeleteItem"}},
    (ExecutionIndexTable, "grant_read_row"): {TABLE: {"GetItem"}},
    (ExecutionIndexTable, "grant_query"): {
        TABLE: {"GetItem", "BatchGetItem"},
        "AgentDateIndex": {"Query"},
        "StatusDateIndex": {"Query"},
        "AgentStatusDateIndex": {"Query"},
        "StartDayIndex": {"Query"},
        "StopDayIndex": {"Query"},
        "OpenIndex": {"Query"},
        "SearchIndex": {"Query"},
    },
    (ExecutionIndexTable, "grant_list"): {
        TABLE: {"GetItem", "BatchGetItem"},
        "AgentDateIndex": {"Query"},
        "StatusDateIndex": {"Query"},
        "AgentStatusDateIndex": {"Query"},
        "StartDayIndex": {"Query"},
        "StopDayIndex": {"Query"},
        "SearchIndex": {"Query"},
    },
    (ExecutionIndexTable, "grant_note"): {TABLE: {"BatchGetItem", "UpdateItem"}},
    (ExecutionIndexTable, "grant_find_notes"): {"StatusDateIndex": {"Query"}},
    (ExecutionIndexTable, "grant_write"): {
        TABLE: {"GetItem", "BatchGetItem", "UpdateItem", "PutItem"}
    },
    (ExecutionIndexTable, "grant_sweep"): {
        TABLE: {"GetItem", "BatchGetItem", "UpdateItem", "PutItem"},
        "OpenIndex": {"Query"},
        "StatusDateIndex": {"Query"},
        "StartDayIndex": {"Query"},
        "StopDayIndex": {"Query"},
    },
    (ExecutionIndexTable, "grant_watch"): {
        TABLE: {"BatchGetItem", "UpdateItem"},
        "OpenIndex": {"Query"},
    },
    (LiveTable, "grant_give_tickets"): {TABLE: {"PutItem"}},
    (LiveTable, "grant_take_tickets"): {TABLE: {"DeleteItem"}},
    (LiveTable, "grant_serve"): {
        TABLE: {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "Query"}
    },
    (LiveTable, "grant_tell_again"): {TABLE: {"GetItem", "DeleteItem", "Query"}},
    (LiveTable, "grant_tell"): {TABLE: {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"}},
    (RollupsTable, "grant_read"): {TABLE: {"BatchGetItem"}},
    (RollupsTable, "grant_contribute"): {TABLE: {"BatchGetItem", "PutItem"}},
    (RollupsTable, "grant_complete"): {TABLE: {"BatchGetItem", "PutItem", "DeleteItem", "Query"}},
}
TABLES = sorted({table for table, _ in ALLOWED}, key=lambda table: table.__name__)


def granted(table: type[DurableTable], grant: str) -> dict[str, set[str]]:
    """What a role with only this grant may do: index name (or the table) → actions."""
    stack = cdk.Stack(cdk.App(), "Stack")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    getattr(table(stack, "It"), grant)(role)
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    allowed: dict[str, set[str]] = {}
    for policy in policies.values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            for resource in as_list(statement["Resource"]):
                actions = {a.removeprefix("dynamodb:") for a in as_list(statement["Action"])}
                allowed.setdefault(index_of(resource), set()).update(actions)
    return allowed


def index_of(resource: dict[str, Any]) -> str:
    if "Fn::GetAtt" in resource:
        return TABLE
    index = resource["Fn::Join"][1][-1]
    assert index.startswith("/index/"), "a grant on all indexes is too wide"
    return str(index.removeprefix("/index/"))


@pytest.mark.parametrize(
    ("table", "grant"), ALLOWED, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_grant_allows_exactly_its_use(table: type[DurableTable], grant: str) -> None:
    assert granted(table, grant) == ALLOWED[table, grant]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_grant_of_a_table_is_compared_here(table: type[DurableTable]) -> None:
    offered = {name for name in dir(table) if name.startswith("grant_")} - {"grant_describe"}
    assert offered == {grant for of, grant in ALLOWED if of is table}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_describing_a_table_shows_no_item(table: type[DurableTable]) -> None:
    assert granted(table, "grant_describe") == {TABLE: {"DescribeTable"}}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_docstring_answers_what_may_i_ask_it(table: type[DurableTable]) -> None:
    doc = table.__doc__ or ""
    assert "What may I ask it?" in doc
    for index in table.shape.indexes:
        assert f"Query {index.name}" in doc, f"no line says what {index.name} answers"


def test_telling_a_message_reaches_the_messages_and_not_the_alarms() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    Notifications(stack, "Notifications").grant_tell(role)
    [policy] = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sns:Publish"
    assert "Messages" in statement["Resource"]["Ref"]


def test_addresses_are_subscribed_each_to_its_topic() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    Notifications(
        stack, "N", notification_email="runs@example.com", alarm_email="alarms@example.com"
    )
    found = assertions.Template.from_stack(stack).find_resources("AWS::SNS::Subscription")
    by_address = {s["Properties"]["Endpoint"]: s["Properties"] for s in found.values()}
    assert by_address.keys() == {"runs@example.com", "alarms@example.com"}
    assert "Messages" in by_address["runs@example.com"]["TopicArn"]["Ref"]
    assert "Alarms" in by_address["alarms@example.com"]["TopicArn"]["Ref"]
