"""What the simulator demands of a role, and what our constructs grant: the same, both ways."""

import pytest

from breakwater import contract
from breakwater_constructs.recovery_permissions import (
    CHANGED_BY_DRS,
    LAUNCH_LOGS,
    MADE_BY_DRS,
    RECOVERY_CALLS,
    RECOVERY_READS,
)
from breakwater_local.drs.demands import of_a_call, of_a_cleanup, of_a_launch
from breakwater_local.drs.supported import SUPPORTED
from tests.simulated import ACCOUNT, REGION

GRANTED = {
    *(*RECOVERY_READS, *RECOVERY_CALLS, LAUNCH_LOGS),
    *(*MADE_BY_DRS, *CHANGED_BY_DRS, "iam:PassRole"),
}
# What DRS is documented to read, and the simulator does not tell when; what is not asked of DRS.
DOCUMENTED_ONLY = {
    "drs:DescribeReplicationConfigurationTemplates",
    "servicequotas:GetServiceQuota",
}
CALLS_OF_A_RECOVERY = (
    *("StartRecovery", "DescribeJobLogItems", "DescribeRecoveryInstances"),
    *("TerminateRecoveryInstances", "DescribeSourceServers"),
)


def demanded(*operations: str) -> set[str]:
    params = {"tags": {"run": "r-1"}, "sourceServers": [{"sourceServerID": "s-1"}]}
    calls = (of_a_call(one, params, ACCOUNT, REGION, lambda _: {}) for one in operations)
    places = (of_a_launch(ACCOUNT, REGION), of_a_cleanup(ACCOUNT, REGION))
    return {need.action for needs in (*calls, *places) for need in needs}


def test_all_that_a_recovery_demands_is_granted_and_nothing_else() -> None:
    # Whether a resource can take tags is asked for each call that has them.
    assert demanded(*CALLS_OF_A_RECOVERY) == GRANTED - DOCUMENTED_ONLY


def test_a_function_that_looks_is_demanded_nothing_that_lookers_are_not_granted() -> None:
    looks = [action.partition(":")[2] for action in contract.TARGET_READS if action[:3] == "drs"]
    for operation in set(looks) & set(SUPPORTED):
        needs = of_a_call(operation, {}, ACCOUNT, REGION, lambda _: {})
        assert {need.action for need in needs} <= set(contract.TARGET_READS), operation


@pytest.mark.parametrize("need", of_a_launch(ACCOUNT, REGION), ids=lambda need: need.action)
def test_what_drs_does_in_ec2_it_does_by_way_of_aws(need: object) -> None:
    assert ("aws:ViaAWSService", ("true",)) in need.context  # type: ignore[attr-defined]
