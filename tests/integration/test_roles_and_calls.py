"""What each role allows equals what its code called in this whole session, both ways.

It comes last. Calls are those that the embedded AWS judged, and those that the DRS simulator had
judged: its own operations, and what DRS does in EC2 for a role.
"""

import json
import re
from collections.abc import Iterator
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
from tests.integration.conftest import calls_recorded, is_whole_session
from tests.integration.deployed import resources, role_arn

pytestmark = pytest.mark.comes_last

# What the embedded AWS has no calls for, and why the role needs it all the same.
NOT_CALLED_HERE = {
    "xray:PutTraceSegments": "Lambda itself sends traces; the embedded one does not",
    "xray:PutTelemetryRecords": "Lambda itself sends traces; the embedded one does not",
    **{
        f"dynamodb:{action}": "Lambda reads streams in the function's name; the embedded one does "
        "not ask"
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    },
}


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """One action on one resource that a role is allowed."""

    action: str
    resource: str

    def covers(self, call: RecordedCall) -> bool:
        return matches(call.action.lower(), self.action.lower()) and matches(
            call.resource, self.resource
        )


def matches(text: str, pattern: str) -> bool:
    return fnmatchcase(text, re.sub(r"\[", "[[]", pattern))


def allowances(aws: Emulator, role: str) -> Iterator[Allowance]:
    """What the policies of a deployed role allow."""
    iam = aws.client("iam")
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        for statement in as_list(document["Statement"]):
            if statement["Effect"] == "Allow":
                for action in as_list(statement["Action"]):
                    for resource in as_list(statement["Resource"]):
                        yield Allowance(action=action, resource=resource)


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
    recorded = recorded_calls.read(calls_recorded(place))
    return frozenset(call for call in recorded if call.role in roles.values())


def test_no_function_called_what_its_role_does_not_allow(
    roles: dict[str, str], calls: frozenset[RecordedCall]
) -> None:
    functions = {role: function for function, role in roles.items()}
    refused = {f"{functions[c.role]} {c.action} {c.resource}" for c in calls if not c.allowed}
    assert refused == set()


def test_no_role_allows_what_its_function_never_calls(
    aws: Emulator,
    roles: dict[str, str],
    calls: frozenset[RecordedCall],
    request: pytest.FixtureRequest,
) -> None:
    if not is_whole_session(request.config):
        pytest.skip("says something only after all of tests/integration")
    unused = {
        f"{function} {allowed.action} {allowed.resource}"
        for function, role in roles.items()
        for allowed in allowances(aws, role)
        if allowed.action not in NOT_CALLED_HERE
        and not any(allowed.covers(call) for call in calls if call.role == role)
    }
    assert unused == set()
