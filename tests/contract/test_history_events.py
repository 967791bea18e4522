"""The event types and members that timelines read are those of the installed botocore model."""

from typing import Any

import botocore.session
import pytest

from breakwater.timeline.event_rules import RULES, Tells, rule_of

MODEL: Any = botocore.session.get_session().get_service_model("stepfunctions")
EVENT = MODEL.shape_for("HistoryEvent")
TYPES = MODEL.shape_for("HistoryEventType").enum
READ = {
    Tells.EXECUTION_STARTED: ("input", "roleArn", "stateMachineAliasArn", "stateMachineVersionArn"),
    Tells.REDRIVEN: ("redriveCount",),
    Tells.ENTERED: ("name", "input"),
    Tells.EXITED: ("name", "output"),
    Tells.EVALUATION_FAILED: ("state", "error", "cause"),
    Tells.ITERATION_STARTED: ("name", "index"),
    Tells.ITERATION_ENDED: ("name", "index"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_that_aws_has_is_known(kind: str) -> None:
    assert kind in RULES
    assert rule_of(kind).tells is not Tells.UNKNOWN


@pytest.mark.parametrize("kind", TYPES)
def test_the_members_that_are_read_exist(kind: str) -> None:
    rule = rule_of(kind)
    if rule.tells in READ:
        assert rule.member in EVENT.members
        assert set(READ[rule.tells]) <= EVENT.members[rule.member].members.keys()


def test_every_member_with_details_belongs_to_a_type() -> None:
    members = {name for name in EVENT.members if name.endswith("Details")}
    assert members <= {rule_of(kind).member for kind in TYPES}
