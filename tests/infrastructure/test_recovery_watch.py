"""What tells people that recovery is not well: alarms, dashboard, saved questions."""

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from breakwater import contract
from breakwater.contract import Metric
from breakwater.recovery.engine import metrics
from breakwater.recovery.engine.event import EventKind
from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.recovery_alarms import RecoveryAlarms
from breakwater_constructs.recovery_definition import RecoveryActions
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.recovery_state_machine import RecoveryStateMachine
from breakwater_constructs.server_leases_table import ServerLeasesTable
from tests.infrastructure.synthesized import Synthesized
from tests.unit.recovery.made_run import event, run

ENGINE = ("Begin", "UpdateWaveStatus", "StoreTaskToken", "ResumeWave", "RecordFailure", "WatchRuns")


def alarm(of: Synthesized, name: str) -> dict[str, Any]:
    [found] = [
        one.properties
        for one in of.resources("AWS::CloudWatch::Alarm")
        if re.fullmatch(f"Alarms{name}[0-9A-F]{{8}}", one.logical_id)
    ]
    return found


class TestAlarms:
    @pytest.mark.parametrize(
        ("name", "metric", "statistic", "threshold"),
        [
            ("RunsFailed", Metric.RUNS_FAILED, "Sum", 1),
            ("RunsTimedOut", Metric.RUNS_TIMED_OUT, "Sum", 1),
            ("PauseTooLong", Metric.LONGEST_PAUSE_SECONDS, "Maximum", 3600),
            ("RunUnlookedAt", Metric.LONGEST_SILENCE_SECONDS, "Maximum", 600),
        ],
    )
    def test_are_on_what_the_engine_tells(
        self, name: str, metric: Metric, statistic: str, threshold: int, prod: Synthesized
    ) -> None:
        found = alarm(prod, name)
        assert (found["Namespace"], found["MetricName"]) == (contract.METRICS_NAMESPACE, metric)
        assert found["Dimensions"] == [{"Name": "Environment", "Value": "prod"}]
        assert (found["Statistic"], found["Threshold"]) == (statistic, threshold)
        assert found["TreatMissingData"] == "notBreaching"

    def test_a_watch_that_is_not_called_is_noticed(self, prod: Synthesized) -> None:
        """It tells the metrics of the others: if it is silent, they are too."""
        found = alarm(prod, "WatchSilent")
        assert (found["Namespace"], found["MetricName"]) == ("AWS/Lambda", "Invocations")
        assert "WatchRuns" in json.dumps(found["Dimensions"])
        assert (found["ComparisonOperator"], found["Threshold"]) == ("LessThanThreshold", 1)
        assert found["TreatMissingData"] == "breaching"

    @pytest.mark.parametrize("function", ENGINE)
    @pytest.mark.parametrize("metric", ["Errors", "Throttles"])
    def test_every_function_of_the_engine_is_watched(
        self, function: str, metric: str, prod: Synthesized
    ) -> None:
        found = alarm(prod, f"{function}{metric}")
        assert (found["Namespace"], found["MetricName"]) == ("AWS/Lambda", metric)
        assert f"Engine{function}Function" in json.dumps(found["Dimensions"])

    def test_a_pause_may_be_longer_where_somebody_says_so(self) -> None:
        stack = cdk.Stack(cdk.App(), "Stack")
        RecoveryAlarms(
            *(stack, "Alarms"),
            engine=engine(stack),
            notifications=Notifications(stack, "Others"),
            longest_pause=cdk.Duration.hours(12),
        )
        found = cdk.assertions.Template.from_stack(stack).find_resources("AWS::CloudWatch::Alarm")
        [pause] = [one["Properties"] for name, one in found.items() if "PauseTooLong" in name]
        assert pause["Threshold"] == 12 * 3600
        assert "12 hours" in pause["AlarmDescription"]


def engine(stack: cdk.Stack) -> RecoveryEngine:
    """In a stack of somebody else, with what is needed and nothing more."""
    return RecoveryEngine(
        *(stack, "Engine"),
        environment_name="own",
        history=ExecutionHistoryTable(stack, "History"),
        leases=ServerLeasesTable(stack, "Leases"),
        notifications=Notifications(stack, "Notifications"),
    )


class TestDashboard:
    @staticmethod
    def body(of: Synthesized) -> str:
        [dashboard] = of.resources("AWS::CloudWatch::Dashboard")
        return json.dumps(dashboard.properties["DashboardBody"])

    @pytest.mark.parametrize("metric", list(Metric))
    def test_shows_everything_that_is_counted(self, metric: Metric, prod: Synthesized) -> None:
        assert metric.value in self.body(prod)

    def test_looks_for_plans_and_waves_by_the_dimensions_that_the_engine_tells(
        self, prod: Synthesized
    ) -> None:
        told = (metrics.ENVIRONMENT, metrics.PLAN, metrics.WAVE)
        assert told == (
            *(contract.ENVIRONMENT_DIMENSION, contract.PLAN_DIMENSION, contract.WAVE_DIMENSION),
        )
        for dimensions in (told[:2], told):
            assert f"SEARCH('{{Breakwater,{','.join(dimensions)}}}" in self.body(prod)

    def test_is_found_by_the_name_of_the_stack(self, prod: Synthesized) -> None:
        [dashboard] = prod.resources("AWS::CloudWatch::Dashboard")
        assert dashboard.properties["DashboardName"] == "breakwater-prod-recovery"


def test_questions_are_saved_for_the_engines_logs(prod: Synthesized) -> None:
    saved = {
        one.properties["Name"]: one.properties
        for one in prod.resources("AWS::Logs::QueryDefinition")
    }
    ours = "breakwater-prod-recovery"
    assert saved.keys() == {
        f"{ours}/{name}"
        for name in ("Errors", "RunsThatDidNotComplete", "SlowFunctions", "MachineErrors")
    }
    assert len(saved[f"{ours}/Errors"]["LogGroupNames"]) == len(ENGINE)
    for one in saved.values():
        assert "input" not in one["QueryString"], "a task token could be shown"


def asked_for(of: Synthesized, name: str) -> str:
    """The text of a saved question."""
    saved = of.resources("AWS::Logs::QueryDefinition")
    [text] = [
        one.properties["QueryString"]
        for one in saved
        if one.properties["Name"].endswith(f"/{name}")
    ]
    return str(text)


def words_of(text: str) -> set[str]:
    """What stands for fields: neither functions, names given here, nor values."""
    bare = re.sub(r'"[^"]*"|as \w+', "", text)
    keywords = {"fields", "filter", "sort", "desc", "limit", "or", "and", "in", "coalesce"}
    return {one for one in re.findall(r"@?[A-Za-z][\w.]*", bare) if one not in keywords}


@pytest.mark.parametrize("kind", [EventKind.FAILED, EventKind.TIMED_OUT, EventKind.CANCELLED])
def test_runs_that_did_not_complete_are_asked_for_by_what_the_engine_prints(
    kind: EventKind, prod: Synthesized
) -> None:
    text = asked_for(prod, "RunsThatDidNotComplete")
    fields, chosen, *_ = text.split("| ")
    told = [
        document
        for document in metrics.metrics_of(event(kind), run(), environment="prod")
        if any(document.get(one) == 1 for one in words_of(chosen))
    ]
    assert len(told) == 1
    assert words_of(fields) - {"@timestamp"} <= told[0].keys()


@pytest.mark.parametrize(
    "logged",
    [
        # By our code, through Powertools.
        {"level", "message", "exception_name", "exception", "function_request_id"},
        # By Lambda's runtime, of an exception that nobody caught (awslambdaric, JSON logs).
        {"level", "errorMessage", "errorType", "stackTrace.0", "requestId"},
        # By Lambda, of a function that ran out of time or memory (platform.report).
        {"record.status", "record.errorType", "record.requestId"},
    ],
)
def test_errors_are_asked_for_wherever_they_come_from(logged: set[str], prod: Synthesized) -> None:
    assert logged <= words_of(asked_for(prod, "Errors"))


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    """The template of a stack that holds nothing but the machine."""
    stack = cdk.Stack(cdk.App(), "Stack")
    five = [
        lambda_.Function.from_function_arn(
            stack, f"F{number}", f"arn:aws:lambda:eu-west-1:111122223333:function:f{number}"
        )
        for number in range(5)
    ]
    begin, update, store, resume, record = five
    RecoveryStateMachine(
        stack,
        "Recovery",
        actions=RecoveryActions(
            begin=begin,
            update_wave_status=update,
            store_task_token=store,
            resume_wave=resume,
            record_failure=record,
        ),
    )
    return dict(cdk.assertions.Template.from_stack(stack).to_json())


class TestTheMachineAlone:
    """In a stack of somebody else."""

    @staticmethod
    def one(template: dict[str, Any], kind: str) -> dict[str, Any]:
        [found] = [one for one in template["Resources"].values() if one["Type"] == kind]
        return dict(found)

    def test_logs_errors_and_never_what_is_in_them(self, alone: dict[str, Any]) -> None:
        machine = self.one(alone, "AWS::StepFunctions::StateMachine")["Properties"]
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["TracingConfiguration"] == {"Enabled": True}

    def test_waits_for_its_rights_before_it_is_made(self, alone: dict[str, Any]) -> None:
        """AWS refuses a machine whose role may not write to its log."""
        machine = self.one(alone, "AWS::StepFunctions::StateMachine")
        assert any("RoleDefaultPolicy" in name for name in machine["DependsOn"])

    def test_keeps_every_version_and_is_started_by_the_newest(self, alone: dict[str, Any]) -> None:
        version = self.one(alone, "AWS::StepFunctions::StateMachineVersion")
        assert version["DeletionPolicy"] == version["UpdateReplacePolicy"] == "Retain"
        revision = version["Properties"]["StateMachineRevisionId"]
        assert revision["Fn::GetAtt"][1] == "StateMachineRevisionId"
        alias = self.one(alone, "AWS::StepFunctions::StateMachineAlias")["Properties"]
        assert alias["Name"] == contract.LIVE_ALIAS
        assert [route["Weight"] for route in alias["RoutingConfiguration"]] == [100]

    def test_says_whose_executions_they_are(self, alone: dict[str, Any]) -> None:
        machine = self.one(alone, "AWS::StepFunctions::StateMachine")["Properties"]
        assert {"Key": "agentName", "Value": "recovery"} in machine["Tags"]
