"""What validation asks, how often, and what it says when AWS is silent."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from breakwater.recovery.launch_network import LaunchNetwork, LaunchNetworks, LaunchSurvey
from breakwater.recovery.plan_validator import PlanValidator, ValidationReport
from breakwater.recovery.recovery_plan import PlanContent
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.fake_drs import FakeDirectory, FakeLeases, FakeNetworks
from tests.unit.recovery.made import AT, HERE, by_id, group, ids, plan, server, server_id, wave

DB = by_id(group("db"))
SHOP = plan(wave("db", "db"))


def validated(
    directory: FakeDirectory,
    made: PlanContent = SHOP,
    groups: Any = None,
    networks: LaunchNetworks | None = None,
    leases: FakeLeases | None = None,
) -> ValidationReport:
    validator = PlanValidator(
        directory,
        networks or FakeNetworks(),
        leases or FakeLeases(),
        control_region="us-east-1",
    )
    return validator.validate(made, groups or DB, AT)


def codes(report: ValidationReport) -> set[str]:
    return {one.code for one in report.findings}


def test_a_plan_that_would_work_is_ready() -> None:
    assert validated(FakeDirectory(server(1), server(2))).to_json() == {
        "ready": True,
        "checkedAt": "2026-11-20T03:00:00.000Z",
        "problems": [],
        "problemCount": 0,
        "warnings": [],
        "warningCount": 0,
        "waves": [{"name": "db", "servers": 2}],
    }


def test_a_warning_does_not_keep_a_plan_from_being_ready() -> None:
    report = validated(FakeDirectory(server(1, lag_seconds=9999.0))).to_json()
    assert report["ready"] is True
    assert [one["code"] for one in report["warnings"]] == ["largeLag"]


def test_what_holds_a_server_is_found_wherever_it_is_told() -> None:
    report = validated(
        FakeDirectory(server(1), server(2), jobs={server_id(1): "j"}, native={server_id(2): "n"}),
        leases=FakeLeases({server(2).key: "run"}),
        networks=FakeNetworks(
            **{server_id(1): LaunchNetwork(template_id="lt", subnet_id="s", subnet_exists=False)}
        ),
    )
    assert codes(report) == {"inJob", "inNativePlan", "inRun", "subnetMissing"}
    assert not report.to_json()["ready"]


def test_a_thousand_servers_in_fifty_waves_are_asked_about_in_few_calls() -> None:
    servers = [server(number, tags={"wave": str(number % 50)}) for number in range(1000)]
    numbers = {str(n): [one for one in range(1000) if one % 50 == n] for n in range(50)}
    groups = by_id(*(group(name, ids(*members)) for name, members in numbers.items()))
    directory = FakeDirectory(*servers)
    report = validated(directory, plan(*(wave(f"w{n}", n) for n in numbers)), groups)
    assert report.findings == ()
    assert sorted(directory.asked) == ["inventory", "jobs", "native"]


def test_snapshots_are_asked_for_only_where_they_decide_and_not_without_end() -> None:
    directory = FakeDirectory(
        *(server(number) for number in range(100)),
        *(server(number, "STALLED") for number in range(100, 200)),
        snapshots={server_id(number): "2026-11-20T02:00:00Z" for number in range(100, 200)},
    )
    report = validated(directory)
    assert directory.asked.count("snapshot") == 50
    told = [one.code for one in report.warnings]
    assert (told.count("notContinuous"), told.count("snapshotNotAsked")) == (50, 50)


def test_a_silent_place_is_a_problem_and_the_others_are_judged() -> None:
    there = Target(account_id="444455556666", region="eu-west-1")
    groups = by_id(group("db"), group("far", account_id=there.account_id))

    class HalfSilent(FakeDirectory):
        def inventory(self, target: Target, ids: Any = None) -> Any:
            if target == there:
                raise Unreachable("the role does not let us in")
            return super().inventory(target, ids)

    report = validated(
        HalfSilent(server(1, "STOPPED")), plan(wave("a", "db"), wave("b", "far")), groups
    )
    assert {one.code: one.place for one in report.findings} == {
        "unreachable": "waves[1].groupIds[0]",
        "notLaunchable": f"waves[0].groupIds[0].servers[{server_id(1)}]",
    }


def test_places_are_asked_at_the_same_time() -> None:
    regions = ["eu-west-1", "eu-central-1", "us-east-1"]
    groups = by_id(*(group(region, region=region) for region in regions))
    all_are_asked = threading.Barrier(len(regions))

    class Waiting(FakeDirectory):
        def inventory(self, target: Target, ids: Any = None) -> Any:
            all_are_asked.wait(timeout=60)
            return super().inventory(target, ids)

    report = validated(Waiting(), plan(*(wave(region, region) for region in regions)), groups)
    assert codes(report) == {"noServers"}


@pytest.mark.parametrize("silent", ["jobs", "native", "snapshot"])
def test_one_question_without_an_answer_is_a_warning(silent: str) -> None:
    report = validated(FakeDirectory(server(1, "STALLED"), silent=(silent,)))
    assert "notAsked" in codes(report)
    assert any(f"{silent} was not answered" in one.problem for one in report.warnings)


def test_launch_networks_without_an_answer_are_a_warning() -> None:
    class Silent:
        def survey(self, target: Target, servers: Sequence[SourceServer]) -> LaunchSurvey:
            raise Unreachable("EC2 describe subnets was answered with UnauthorizedOperation")

    report = validated(FakeDirectory(server(1)), networks=Silent())
    assert codes(report) == {"notAsked"}


def test_leases_that_cannot_be_read_are_a_warning() -> None:
    report = validated(FakeDirectory(server(1)), leases=FakeLeases(silent="throttled"))
    assert codes(report) == {"leasesNotRead"}
    assert report.to_json()["ready"] is True


def test_a_plan_of_groups_that_do_not_exist_asks_nobody() -> None:
    directory = FakeDirectory(server(1))
    report = validated(directory, plan(wave("a", "gone")))
    assert codes(report) == {"unknownGroup"}
    assert directory.asked == []


def test_all_servers_of_a_place_are_listed_only_if_a_group_has_tags() -> None:
    asked: list[Any] = []

    class Listening(FakeDirectory):
        def inventory(self, target: Target, ids: Any = None) -> Any:
            asked.append(ids)
            return super().inventory(target, ids)

    both = by_id(group("ids", ids(1)), group("more", ids(2)))
    validated(Listening(server(1), server(2)), plan(wave("a", "ids"), wave("b", "more")), both)
    mixed = by_id(group("ids", ids(1)), group("tags"))
    validated(Listening(server(1)), plan(wave("a", "ids"), wave("b", "tags")), mixed)
    assert asked == [{server_id(1), server_id(2)}, None]
    assert HERE.region == "eu-west-1"
