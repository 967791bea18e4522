"""What must never regress, whatever else a change does, in every environment."""

import json
from typing import Any

import aws_cdk as cdk
import pytest

from app import build
from breakwater import contract
from breakwater_constructs.recovery_permissions import (
    LAUNCH_LOGS,
    RECOVERY_CALLS,
    RECOVERY_READS,
    TAG_LAUNCHED,
)
from breakwater_constructs.recovery_state_machine import LOG_DELIVERY, TRACING
from stacks.environments import ENVIRONMENTS
from tests.infrastructure.synthesized import Synthesized, as_list

GUARDED = ["test", "prod"]


def actions_of(statement: dict[str, Any]) -> list[str]:
    return as_list(statement.get("Action", []))


class TestTables:
    def test_every_table_can_be_recovered_to_any_second(self, each: Synthesized) -> None:
        for table in each.resources("AWS::DynamoDB::Table"):
            recovery = table.properties["PointInTimeRecoverySpecification"]
            assert recovery == {"PointInTimeRecoveryEnabled": True}, table.logical_id

    def test_every_table_is_encrypted_with_kms(self, each: Synthesized) -> None:
        for table in each.resources("AWS::DynamoDB::Table"):
            assert table.properties["SSESpecification"] == {"SSEEnabled": True}, table.logical_id

    def test_every_table_is_on_demand(self, each: Synthesized) -> None:
        for table in each.resources("AWS::DynamoDB::Table"):
            assert table.properties["BillingMode"] == "PAY_PER_REQUEST", table.logical_id

    @pytest.mark.parametrize("name", GUARDED)
    def test_tables_outlive_their_stack(
        self, name: str, synthesized: dict[str, Synthesized]
    ) -> None:
        for table in synthesized[name].resources("AWS::DynamoDB::Table"):
            assert table.properties["DeletionProtectionEnabled"] is True, table.logical_id
            assert table.definition["DeletionPolicy"] == "Retain", table.logical_id
            assert table.definition["UpdateReplacePolicy"] == "Retain", table.logical_id

    @pytest.mark.parametrize("name", GUARDED)
    def test_logs_outlive_their_stack(self, name: str, synthesized: dict[str, Synthesized]) -> None:
        for group in synthesized[name].resources("AWS::Logs::LogGroup"):
            assert group.definition["DeletionPolicy"] == "Retain", group.logical_id

    def test_no_table_has_a_name_of_its_own(self, each: Synthesized) -> None:
        """A named table can't be replaced, and two environments could not share an account."""
        for table in each.resources("AWS::DynamoDB::Table"):
            assert "TableName" not in table.properties, table.logical_id


class TestAuditTrail:
    CHANGES = (
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLUpdate",
        "dynamodb:PartiQLDelete",
    )

    def test_the_table_itself_denies_every_change_to_everyone(self, each: Synthesized) -> None:
        [table] = [
            r for r in each.resources("AWS::DynamoDB::Table") if "AuditTrail" in r.logical_id
        ]
        [statement] = table.properties["ResourcePolicy"]["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Resource"] == "*"
        assert set(statement["Action"]) == set(self.CHANGES)
        assert "Condition" not in statement

    def test_no_role_may_update_or_delete_it(self, each: Synthesized) -> None:
        for resource, statement in each.statements():
            if statement["Effect"] == "Allow" and "AuditTrail" in str(statement["Resource"]):
                changes = set(actions_of(statement)) & set(self.CHANGES)
                assert not changes, f"{resource.logical_id} allows {changes}"

    def test_audit_records_never_expire(self, each: Synthesized) -> None:
        [table] = [
            r for r in each.resources("AWS::DynamoDB::Table") if "AuditTrail" in r.logical_id
        ]
        assert "TimeToLiveSpecification" not in table.properties


class TestRoles:
    def test_no_role_may_scan_a_table(self, each: Synthesized) -> None:
        for resource, statement in each.statements():
            scans = [a for a in actions_of(statement) if a.lower() == "dynamodb:scan"]
            assert not scans, resource.logical_id

    def test_no_role_is_given_a_pattern_of_actions(self, each: Synthesized) -> None:
        for resource, statement in each.statements():
            assert "NotAction" not in statement, resource.logical_id
            patterns = [a for a in actions_of(statement) if "*" in a]
            assert not patterns, f"{resource.logical_id} allows {patterns}"

    @pytest.mark.parametrize("name", list(ENVIRONMENTS))
    def test_only_tracing_and_looking_are_allowed_on_everything(
        self, name: str, synthesized: dict[str, Synthesized]
    ) -> None:
        """IAM knows no resources for these; the embedded AWS for two more."""
        index = {f"states:{action}" for action in contract.INDEX_LOOKS}  # of every machine
        figures = {"states:GetExecutionHistory", "dynamodb:ListStreams"}  # likewise
        looking = {*contract.TARGET_READS, *RECOVERY_READS, *index, *figures}
        there = {"states:SendTaskSuccess", TAG_LAUNCHED} if name == "local" else set()
        for resource, statement in synthesized[name].statements():
            if "*" in as_list(statement.get("Resource", [])):
                allowed = {*TRACING, *LOG_DELIVERY, *looking, *there}
                assert set(actions_of(statement)) <= allowed, resource.logical_id

    def test_only_drs_acting_for_us_may_launch_or_end_anything(self, each: Synthesized) -> None:
        for resource, statement in each.statements():
            via_aws = statement.get("Condition", {}).get("Bool") == {"aws:ViaAWSService": "true"}
            for action in actions_of(statement):
                if action.startswith(("drs:", "ec2:")):
                    looks = action.split(":")[1].startswith(("Describe", "Get", "List"))
                    ours = action in (*RECOVERY_CALLS, LAUNCH_LOGS, TAG_LAUNCHED)
                    assert looks or via_aws or ours, f"{resource.logical_id}: {action}"

    def test_our_own_tags_go_on_instances_of_drs_only(self, prod: Synthesized) -> None:
        found = [
            statement
            for _, statement in prod.statements()
            if TAG_LAUNCHED in actions_of(statement)
            and "Bool" not in statement.get("Condition", {})
        ]
        managed = {"aws:ResourceTag/AWSElasticDisasterRecoveryManaged": "false"}
        assert [statement["Condition"] for statement in found] == [{"Null": managed}]

    def test_only_the_engine_may_recover(self, each: Synthesized) -> None:
        may = {
            resource.logical_id.split("RoleDefaultPolicy")[0]
            for resource, statement in each.statements()
            if "drs:StartRecovery" in actions_of(statement)
        }
        assert may == {"EngineBegin", "EngineUpdateWaveStatus", "EngineResumeWave"}

    def test_a_token_is_answered_by_those_who_must_and_of_our_machine_only(
        self, prod: Synthesized
    ) -> None:
        answering = {
            resource.logical_id.split("AnswersPauses")[0]: json.dumps(statement["Resource"])
            for resource, statement in prod.statements()
            if "states:SendTaskSuccess" in actions_of(statement)
        }
        assert answering.keys() == {
            *("EngineStoreTaskToken", "EngineWatchRuns", "Executions", "Actions"),
            "BulkWork",
        }
        assert all("EngineStateMachine" in machine for machine in answering.values())

    def test_runs_are_started_by_the_alias_only_and_others_by_their_owners_tag(
        self, prod: Synthesized
    ) -> None:
        starting = [
            statement
            for _, statement in prod.statements()
            if "states:StartExecution" in actions_of(statement)
        ]
        by_alias = {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": ["live"]}}
        by_tag = {"StringEquals": {"aws:ResourceTag/breakwater:actions": "allow"}}
        conditions = [statement["Condition"] for statement in starting]
        assert conditions.count(by_alias) == 4
        assert [one for one in conditions if one != by_alias] == [by_tag, by_tag]

    def test_no_role_takes_a_managed_policy(self, each: Synthesized) -> None:
        for role in each.resources("AWS::IAM::Role"):
            assert not role.properties.get("ManagedPolicyArns"), role.logical_id


class TestFunctions:
    def test_each_writes_json_to_a_log_group_of_its_own_and_is_traced(
        self, each: Synthesized
    ) -> None:
        groups = []
        for function in each.resources("AWS::Lambda::Function"):
            logging = function.properties["LoggingConfig"]
            assert logging["LogFormat"] == "JSON", function.logical_id
            groups.append(logging["LogGroup"]["Ref"])
            assert function.properties["TracingConfig"] == {"Mode": "Active"}
        assert len(groups) == len(set(groups))

    def test_each_names_itself_in_its_calls(self, each: Synthesized) -> None:
        """So that calls seen from outside can be held against its role."""
        for function in each.resources("AWS::Lambda::Function"):
            handler = function.properties["Handler"].split(".")[-2]
            variables = function.properties["Environment"]["Variables"]
            assert variables["AWS_SDK_UA_APP_ID"] == handler

    @pytest.mark.parametrize("name", list(ENVIRONMENTS))
    def test_logs_are_kept_as_long_as_the_environment_says(
        self, name: str, synthesized: dict[str, Synthesized]
    ) -> None:
        retention = {
            group.properties["RetentionInDays"]
            for group in synthesized[name].resources("AWS::Logs::LogGroup")
        }
        assert retention == {{"local": 7, "dev": 30, "test": 90, "prod": 365}[name]}


class TestApi:
    def test_the_stage_is_throttled_and_logs_without_payloads(self, each: Synthesized) -> None:
        stages = {
            stage.properties["StageName"]: stage
            for stage in each.resources("AWS::ApiGatewayV2::Stage")
        }
        assert stages.keys() == {"api", "live"}
        for one in stages.values():
            assert one.properties["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
            assert one.properties["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
        assert "AccessLogSettings" not in stages["live"].properties  # tickets stand in its URLs
        stage = stages["api"]
        form = stage.properties["AccessLogSettings"]["Format"]
        for secret in ("authorizer", "header", "querystring", "body"):
            assert secret not in form.lower()

    def test_only_health_is_public(self, each: Synthesized) -> None:
        public = [
            route.properties["RouteKey"]
            for route in each.resources("AWS::ApiGatewayV2::Route")
            if route.properties.get("AuthorizationType", "NONE") == "NONE"
        ]
        # Only the connection itself can be authorized: the others come over one that is open.
        assert sorted(public) == ["$default", "$disconnect", "GET /health"]

    def test_nobody_connects_without_a_ticket(self, each: Synthesized) -> None:
        [connect] = [
            route.properties
            for route in each.resources("AWS::ApiGatewayV2::Route")
            if route.properties["RouteKey"] == "$connect"
        ]
        assert connect["AuthorizationType"] == "CUSTOM"
        [authorizer] = [
            one.properties
            for one in each.resources("AWS::ApiGatewayV2::Authorizer")
            if one.properties["AuthorizerType"] == "REQUEST"
        ]
        assert authorizer["IdentitySource"] == ["route.request.querystring.ticket"]

    def test_there_is_no_cors_to_open(self, each: Synthesized) -> None:
        for api in each.resources("AWS::ApiGatewayV2::Api"):
            assert "CorsConfiguration" not in api.properties


class TestAlarms:
    @pytest.mark.parametrize("name", GUARDED)
    def test_every_alarm_tells_somebody_when_it_begins_and_when_it_ends(
        self, name: str, synthesized: dict[str, Synthesized]
    ) -> None:
        alarms = list(synthesized[name].resources("AWS::CloudWatch::Alarm"))
        assert alarms
        for alarm in alarms:
            for actions in ("AlarmActions", "OKActions"):
                [topic] = alarm.properties[actions]
                assert "NotificationsAlarms3ED26F66" in str(topic), alarm.logical_id  # not runs'
            assert "See docs/" in alarm.properties["AlarmDescription"], alarm.logical_id

    def test_no_alarm_needs_arithmetic(self, each: Synthesized) -> None:
        """The embedded AWS knows none."""
        for alarm in each.resources("AWS::CloudWatch::Alarm"):
            assert "Metrics" not in alarm.properties, alarm.logical_id

    def test_only_alarms_of_this_account_may_speak_on_the_topic(self, prod: Synthesized) -> None:
        statements = [
            statement
            for policy in prod.resources("AWS::SNS::TopicPolicy")
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow"
        ]
        assert [statement["Principal"] for statement in statements] == [
            {"Service": "cloudwatch.amazonaws.com"}
        ]
        assert statements[0]["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }

    def test_every_table_and_every_index_is_watched(self, prod: Synthesized) -> None:
        """DynamoDB counts what an index refuses apart from its table."""
        watched = set()
        for alarm in prod.resources("AWS::CloudWatch::Alarm"):
            named = {d["Name"]: d["Value"] for d in alarm.properties["Dimensions"]}
            if "TableName" not in named:
                continue
            of = str(named["TableName"].get("Ref") or named["TableName"])
            of = of.rsplit("ExportsOutputRef", 1)[-1]
            watched.add((of, named.get("GlobalSecondaryIndexName"), alarm.properties["MetricName"]))
        for table in prod.resources("AWS::DynamoDB::Table"):
            indexes = table.properties.get("GlobalSecondaryIndexes", [])
            for index in [None, *(index["IndexName"] for index in indexes)]:
                for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
                    assert any(
                        of.startswith(table.logical_id) and (i, m) == (index, metric)
                        for of, i, m in watched
                    ), (table.logical_id, index, metric)


@pytest.mark.parametrize("name", GUARDED)
def test_stacks_are_protected_against_deletion(name: str) -> None:
    app = cdk.App()
    build(app, ENVIRONMENTS[name])
    stacks = [child for child in app.node.children if isinstance(child, cdk.Stack)]
    assert stacks
    assert all(stack.termination_protection for stack in stacks)
