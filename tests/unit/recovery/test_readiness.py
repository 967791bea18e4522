"""Would it work now? Each fact about servers, places and waves, judged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.failure_policy import FailurePolicy, PolicyKind
from breakwater.recovery.launch_network import LaunchNetwork
from breakwater.recovery.problem import Problem, Severity
from breakwater.recovery.readiness import readiness
from breakwater.recovery.recovery_plan import PlanContent
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target_facts import TargetFacts
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.made import HERE, by_id, group, ids, plan, server, server_id, tagged, wave

DB = group("db", tagged(tier="database"))
SHOP = plan(wave("db", "db"))
KNOWN_STATES = ["CONTINUOUS", "BACKLOG", "RESCAN", "CREATING_SNAPSHOT", "PAUSED", "STALLED"]


def judged(
    *servers: SourceServer,
    of: PlanContent = SHOP,
    groups: Any = None,
    leases: Any = None,
    **facts: Any,
) -> list[Problem]:
    found = TargetFacts(target=HERE, servers={one.server_id: one for one in servers}, **facts)
    return readiness(
        of,
        groups or by_id(DB),
        {HERE: found},
        leases=leases or {},
        control_region="eu-central-1",
    )


def codes(found: list[Problem]) -> dict[str, str]:
    return {one.code: one.severity.value for one in found}


def test_healthy_servers_are_ready() -> None:
    assert judged(server(1), server(2)) == []


@pytest.mark.parametrize("state", ["INITIATING", "INITIAL_SYNC", "STOPPED", "DISCONNECTED"])
def test_a_server_without_a_consistent_point_is_a_problem(state: str) -> None:
    [found] = judged(server(1, state, replication_error="AGENT_NOT_SEEN"))
    assert (found.code, found.severity) == ("notLaunchable", Severity.PROBLEM)
    assert f"host-1 is {state} (AGENT_NOT_SEEN)" in found.problem
    assert found.place == f"waves[0].groupIds[0].servers[{server_id(1)}]"


@pytest.mark.parametrize("state", KNOWN_STATES[1:])
def test_a_server_in_doubt_is_a_warning_with_a_snapshot_and_a_problem_without(state: str) -> None:
    taken = "2026-11-20T02:00:00Z"
    [some_data] = judged(server(1, state), snapshots={server_id(1): taken})
    assert (some_data.code, some_data.severity) == ("notContinuous", Severity.WARNING)
    assert taken in some_data.problem
    assert codes(judged(server(1, state), snapshots={server_id(1): None})) == {
        "noSnapshot": "problem"
    }
    assert codes(judged(server(1, state))) == {"snapshotNotAsked": "warning"}


@pytest.mark.parametrize("state", ["HIBERNATING", ""])
def test_a_state_that_nobody_knows_is_a_warning(state: str) -> None:
    found = judged(server(1, state), snapshots={server_id(1): "2026-11-20T02:00:00Z"})
    assert codes(found) == {"unknownReplicationState": "warning"}


def test_old_data_is_a_warning_measured_by_the_plan_or_by_an_hour() -> None:
    late = server(1, lag_seconds=1200.0)
    assert judged(late) == []
    assert codes(judged(server(1, lag_seconds=4000.0))) == {"largeLag": "warning"}
    strict = plan(wave("db", "db"), rpo_minutes=15)
    assert codes(judged(late, of=strict)) == {"lagBeyondObjective": "warning"}
    loose = plan(wave("db", "db"), rpo_minutes=120)
    assert judged(server(1, lag_seconds=4000.0), of=loose) == []
    assert judged(server(1, lag_seconds=None), of=strict) == []


def test_a_server_that_is_busy_is_a_problem_with_what_holds_it() -> None:
    found = judged(
        server(1),
        jobs={server_id(1): "drsjob-1"},
        native_executions={server_id(1): "arn:native"},
        leases={server(1).key: "run-1"},
    )
    assert codes(found) == dict.fromkeys(("inJob", "inNativePlan", "inRun"), "problem")
    for one, holder in zip(found, ("drsjob-1", "arn:native", "run-1"), strict=True):
        assert holder in one.problem


def test_a_lease_on_the_same_id_elsewhere_does_not_count() -> None:
    other = f"444455556666/eu-west-1/{server_id(1)}"
    assert judged(server(1), leases={other: "run-1"}) == []


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (LaunchNetwork(template_id="lt", subnet_id="s", vpc_id="v"), {}),
        (
            LaunchNetwork(template_id="lt", template_exists=False),
            {"launchTemplateMissing": "warning"},
        ),
        (LaunchNetwork(template_id="lt"), {"noSubnet": "warning"}),
        (
            LaunchNetwork(template_id="lt", subnet_id="s", subnet_exists=False),
            {"subnetMissing": "problem"},
        ),
        (
            LaunchNetwork(template_id="lt", subnet_id="s", missing_security_groups=("sg",)),
            {"securityGroupMissing": "problem"},
        ),
        (
            LaunchNetwork(template_id="lt", subnet_id="s", vpc_id="v", source_vpc_id="v"),
            {"productionNetwork": "warning"},
        ),
        (LaunchNetwork(template_id="lt", subnet_id="s", vpc_id="v", source_vpc_id="w"), {}),
    ],
)
def test_the_network_of_a_launch_is_judged(
    network: LaunchNetwork, expected: dict[str, str]
) -> None:
    assert codes(judged(server(1), networks={server_id(1): network})) == expected


def test_an_id_that_drs_does_not_know_is_named() -> None:
    by_ids = by_id(group("db", ids(1, 2)))
    [missing] = judged(server(1), groups=by_ids)
    assert missing.code == "serverMissing"
    assert missing.place == f"waves[0].groupIds[0].servers[{server_id(2)}]"


def test_tags_that_no_server_has_are_named() -> None:
    [nobody] = judged(server(1, tags={"tier": "web"}))
    assert nobody.code == "noServers"
    assert "tier=database" in nobody.problem


def test_all_tags_must_match() -> None:
    both = by_id(group("db", tagged(tier="database", site="north")))
    assert codes(judged(server(1), groups=both)) == {"noServers": "problem"}
    assert judged(server(1, tags={"tier": "database", "site": "north"}), groups=both) == []


def test_a_place_that_cannot_be_asked_is_one_problem_with_its_reason() -> None:
    [silent] = judged(unreachable="AccessDenied: not you")
    assert (silent.code, silent.severity) == ("unreachable", Severity.PROBLEM)
    assert "account 111122223333 in eu-west-1" in silent.problem
    assert "AccessDenied: not you" in silent.problem


def test_drs_that_was_never_set_up_is_one_problem() -> None:
    assert codes(judged(initialized=False)) == {"notInitialized": "problem"}


def test_what_was_not_answered_is_told_and_the_rest_judged() -> None:
    found = judged(server(1, "STOPPED"), gaps=("DRS describe jobs was refused",))
    assert codes(found) == {"notAsked": "warning", "notLaunchable": "problem"}


def test_networks_that_were_not_looked_at_are_counted() -> None:
    [told] = judged(server(1), networks_not_looked_at=7)
    assert (told.code, told.severity) == ("networksNotLookedAt", Severity.WARNING)
    assert "7 servers" in told.problem


def test_a_control_plane_among_what_it_protects_is_a_warning() -> None:
    assert codes(judged(server(1, origin_region="eu-central-1"))) == {
        "controlPlaneInProtectedRegion": "warning"
    }
    assert judged(server(1, origin_region="us-east-1")) == []


def test_a_server_that_replicates_back_is_a_warning() -> None:
    assert codes(judged(server(1, replication_direction="FAILBACK"))) == {
        "replicatesBack": "warning"
    }


def test_servers_of_tags_are_found_in_two_waves_once_they_are_known() -> None:
    groups = by_id(DB, group("more", ids(1)))
    found = judged(server(1), of=plan(wave("a", "db"), wave("b", "more")), groups=groups)
    assert codes(found) == {"serverInTwoWaves": "problem"}


def test_critical_servers_by_tags_must_exist_in_the_wave() -> None:
    policy = FailurePolicy(kind=PolicyKind.CRITICAL, servers=tagged(role="primary"))
    critical = plan(wave("db", "db", failure_policy=policy))
    assert codes(judged(server(1), of=critical)) == {"noCriticalServer": "problem"}
    primary = server(1, tags={"tier": "database", "role": "primary"})
    assert judged(primary, of=critical) == []
    assert codes(judged(of=critical, unreachable="silence")) == {"unreachable": "problem"}


@given(
    some.lists(
        some.builds(
            server,
            some.integers(0, 9),
            some.sampled_from([*KNOWN_STATES, "STOPPED", "NEW", ""]) | some.text(),
            lag_seconds=some.none() | some.floats(0, 1e9),
            replication_direction=some.sampled_from(["FAILOVER", "FAILBACK", "", "SIDEWAYS"]),
            origin_region=some.none() | some.just("eu-central-1"),
        )
    ),
    some.dictionaries(some.integers(0, 9).map(server_id), some.none() | some.just("2026")),
)
def test_whatever_drs_says_is_judged(servers: Any, snapshots: Any) -> None:
    for one in judged(*servers, snapshots=snapshots):
        assert one.problem
        assert one.remedy


def test_what_aws_says_ends_in_one_full_stop() -> None:
    silent = Unreachable("DRS was answered with AccessDenied: You may not.")
    [problem] = judged(unreachable=silent.reason)
    assert problem.problem.endswith("You may not.")
