"""What each role allows equals what its code called in this whole session, both ways.

It comes last; where sessions ran beside each other, it counts what all of them kept. Names are
the same in each: what is generated comes of the stack and the logical id. Calls are those that
the embedded AWS judged, and those that the DRS simulator had judged: its own operations, and what
DRS does in EC2 for a role.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from breakwater import contract
from breakwater_local import recorded_calls
from breakwater_local.emulator import Emulator
from breakwater_local.place import Place
from breakwater_local.recorded_calls import RecordedCall
from tests.infrastructure.synthesized import as_list
from tests.integration.conftest import calls_recorded, is_whole_session, kept_calls
from tests.integration.deployed import resources, role_arn

pytestmark = pytest.mark.comes_last

# Function (`*`: any) and action, or what comes of several: why the role needs it all the same.
_LAMBDA = "Lambda itself does it; the embedded one asks nobody"
_NO_QUOTAS = "the embedded AWS has no Service Quotas: the defaults hold"
_LAUNCH_ACTIONS = (
    "role/service-role/AWSElasticDisasterRecoveryRecoveryInstanceWithLaunchActionsRole"
)
_IN_ONE_PROCESS = "needs two things at one moment; tests/engine plays them"
_IN_UNIT_TESTS = "comes with many machines or after many days; tests/unit/index plays it"
_IN_SLICES = "a bulk that lasts longer than one function lives; tests/unit/workflows/bulk plays it"
_AS_SINGLE = "the single action, in ActionsFunction, calls it by the same code"
_SINGLE = (
    *("dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:BatchGetItem"),
    *("dynamodb:UpdateItem", "drs:DescribeSourceServers", "sts:AssumeRole"),
    *("states:DescribeStateMachineForExecution", "states:GetExecutionHistory"),
    *("states:RedriveExecution", "states:DescribeStateMachine", "states:StartExecution"),
    *("states:SendTaskSuccess", "states:SendTaskFailure", "states:DescribeExecution"),
)
NOT_CALLED_HERE = {
    ("*", "xray:PutTraceSegments"): _LAMBDA,
    ("*", "xray:PutTelemetryRecords"): _LAMBDA,
    ("*", "logs:CreateLogStream"): _LAMBDA,
    ("*", "logs:PutLogEvents"): _LAMBDA,
    ("*", "sqs:ReceiveMessage"): _LAMBDA,
    ("*", "sqs:DeleteMessage"): _LAMBDA,
    ("*", "sqs:ChangeMessageVisibility"): _LAMBDA,
    ("*", "sqs:GetQueueUrl"): _LAMBDA,
    ("ExecutionIndexCaptureFunction", "sqs:GetQueueAttributes"): _LAMBDA,
    ("*", "servicequotas:GetServiceQuota"): _NO_QUOTAS,
    ("*", "drs:DescribeReplicationConfigurationTemplates"): "DRS asks for it in practice",
    ("*", _LAUNCH_ACTIONS): "passed where launch templates name it",
    ("ExecutionsFunction", "dynamodb:GetItem"): "requests with one key that meet",
    ("EngineBeginFunction", "dynamodb:GetItem"): _IN_ONE_PROCESS,  # whose lease is in the way
    ("EngineBeginFunction", "dynamodb:DeleteItem"): _IN_ONE_PROCESS,  # and given back
    ("EngineBeginFunction", "dynamodb:Query"): _IN_ONE_PROCESS,
    ("EngineStoreTaskTokenFunction", "states:SendTaskSuccess"): _IN_ONE_PROCESS,
    ("EngineWatchRunsFunction", "states:StartExecution"): _IN_ONE_PROCESS,
    ("EngineWatchRunsFunction", "sts:AssumeRole"): "a job abroad that outlives its run",
    ("EngineUpdateWaveStatusFunction", "drs:GetLaunchConfiguration"): "meant to be STOPPED",
    ("ExecutionsFunction", "states:StartExecution"): "AWS asks for the machine, this one its alias",
    ("ActionsFunction", "dynamodb:GetItem"): "requests with one key that meet",
    ("ActionsFunction", "states:StartExecution"): "AWS asks for the machine, this one its alias",
    (
        "ActionsFunction",
        "states:RedriveExecution",
    ): "the embedded AWS has none; unit tests play it",
    ("ActionsFunction", "sts:AssumeRole"): "ExecutionsFunction plays servers of other accounts",
    ("ExecutionIndexBackfillFunction", "states:ListStateMachines"): _IN_UNIT_TESTS,
    ("ExecutionIndexBackfillFunction", "states:ListTagsForResource"): _IN_UNIT_TESTS,
    ("ExecutionIndexCaptureFunction", "states:DescribeExecution"): "inputs too large for an event",
    ("ExecutionIndexSweepFunction", "/index/StartDayIndex"): _IN_UNIT_TESTS,  # days that are empty
    ("ExecutionIndexSweepFunction", "/index/StopDayIndex"): _IN_UNIT_TESTS,
    ("ExecutionIndexSweepFunction", "dynamodb:PutItem"): _IN_UNIT_TESTS,
    ("ExecutionIndexSweepFunction", "states:ListTagsForResource"): _IN_UNIT_TESTS,
    ("PlansFunction", "ec2:DescribeInstances"): "source servers that run in EC2",
    ("PlansFunction", "drs:ListRecoveryPlanExecutionSteps"): "only while AWS's own plans run",
    **{
        ("*", f"dynamodb:{action}"): _LAMBDA
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    },
    ("CustomWorkflowsCaptureFunction", "sqs:GetQueueAttributes"): _LAMBDA,
    ("BulkWorkFunction", "sqs:GetQueueAttributes"): _LAMBDA,
    ("BulkWorkFunction", "sqs:SendMessage"): _IN_SLICES,
    **{("BulkWorkFunction", action): _AS_SINGLE for action in _SINGLE},
    ("BulkWorkFunction", "-ExecutionHistory"): _AS_SINGLE,  # the table of runs
    ("SlaAlertsSweepFunction", "dynamodb:BatchGetItem"): (
        "a row that changes while it is told; tests/unit/workflows/sla plays it"
    ),
    ("BulkFunction", "dynamodb:GetItem"): "requests with one key that meet",
    ("LiveTailFunction", "lambda:InvokeFunction"): "to hand over, after a quarter of an hour",
    ("LiveChangesFunction", "dynamodb:DeleteItem"): "a listener that went without a word",
    ("LiveChangesFunction", "lambda:InvokeFunction"): (
        "who takes no frames in time, and what was redriven; tests/unit/live plays both"
    ),
    ("LiveAgainFunction", "DELETE/@connections"): "who takes nothing twice; in tests/unit/live",
}
# What tests take away from a role, or ask in the name of a function that never would.
REFUSED_ON_PURPOSE = {
    ("HealthFunction", "dynamodb:DescribeTable"): "test_health_api.py",
    ("*", "drs:DescribeSourceServers"): "drs/: a function that may not is asked for",
}


@dataclass(frozen=True)
class Statement:
    """Actions that a role is allowed, each on any of these resources."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def unused(self, function: str, calls: Iterable[RecordedCall]) -> set[str]:
        """Actions that were called on none of the resources, resources on which none was called."""
        used = {
            (action, resource)
            for call in calls
            for action in self.actions
            if matches(call.action.lower(), action.lower())
            for resource in self.resources
            if matches(call.resource, resource)
        }
        excused = {what for who, what in NOT_CALLED_HERE if who in {"*", function}}
        actions = {*self.actions} - {action for action, _ in used} - excused
        resources = {
            one
            for one in self.resources
            if used and not any(what in one for what in excused)
            if one not in {resource for _, resource in used}
        }
        on = f" on {', '.join(self.resources)}"
        return {action + on for action in actions} | {f"anything on {one}" for one in resources}


def matches(text: str, pattern: str) -> bool:
    return fnmatchcase(text, re.sub(r"\[", "[[]", pattern))


def statements(aws: Emulator, role: str) -> Iterator[Statement]:
    """What the policies of a deployed role allow."""
    iam = aws.client("iam")
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        for one in as_list(document["Statement"]):
            if one["Effect"] == "Allow":
                resources = tuple(of_any_api(resource) for resource in as_list(one["Resource"]))
                yield Statement(tuple(as_list(one["Action"])), resources)


def of_any_api(resource: str) -> str:
    """An API that a test had deployed anew has another id; everything else keeps its name."""
    return re.sub(r"^(arn:aws:execute-api:[^:]*:[^:]*:)[^/]+/", r"\1*/", resource)


@pytest.fixture(scope="module")
def roles(aws: Emulator) -> dict[str, str]:
    """Function (stack and logical id) → the name of its role."""
    return {
        f"{part}/{logical_id}": role_arn(aws, name).split("/")[-1]
        for part in contract.STACKS
        for logical_id, name in resources(aws, part, "AWS::Lambda::Function").items()
    }


@pytest.fixture(scope="module")
def calls(place: Place, roles: dict[str, str]) -> frozenset[RecordedCall]:
    kept = kept_calls()
    files = [calls_recorded(place), *(kept.glob("*.jsonl") if kept else ())]
    recorded = [call for file in files if file.exists() for call in recorded_calls.read(file)]
    assert recorded, "no call was recorded"
    return frozenset(call for call in recorded if call.role in roles.values())


def test_no_function_called_what_its_role_does_not_allow(
    roles: dict[str, str], calls: frozenset[RecordedCall]
) -> None:
    functions = {role: function for function, role in roles.items()}
    refused = {
        f"{functions[call.role]} {call.action} {call.resource}"
        for call in calls
        if not call.allowed
        and not {(kind(functions[call.role]), call.action), ("*", call.action)}
        & REFUSED_ON_PURPOSE.keys()
    }
    assert not refused, "\n".join(sorted(refused))


def test_no_role_allows_what_its_function_never_calls(
    aws: Emulator,
    roles: dict[str, str],
    calls: frozenset[RecordedCall],
    request: pytest.FixtureRequest,
) -> None:
    if not is_whole_session(request.config):
        pytest.skip("says something only after all of tests/integration")
    unused = {
        f"{function} {one}"
        for function, role in roles.items()
        for statement in statements(aws, role)
        for one in statement.unused(kind(function), [one for one in calls if one.role == role])
    }
    assert not unused, "\n".join(sorted(unused))


def kind(function: str) -> str:
    """`api/HealthFunction64F2C32C` → `HealthFunction`."""
    return re.sub(r"[0-9A-F]{8}$", "", function.split("/")[1])
