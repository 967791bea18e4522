"""Groups and plans from their making to their end, on the DRS simulator, with IAM enforced."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from breakwater.contract import Role
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Api, group_of, unique
from tests.integration.api.made import (
    NO_SUCH_SERVER,
    NOT_INITIALIZED,
    SOMEBODY_ELSES,
    Make,
    at_once,
    group,
    plan,
    plan_of,
    servers,
    validated,
)
from tests.integration.asked import Answer

__all__ = ["group", "plan", "servers"]  # fixtures


# ---- groups and what they resolve to


def test_a_group_of_ids_shows_its_servers_with_replication_lag_and_snapshot(
    api: Api, servers: Mapping[str, str], group: Make
) -> None:
    made = group(servers["db-01"], servers["db-02"])
    shown = api.done("GET", f"/protection-groups/{made['groupId']}/servers", role=Role.VIEWER)
    assert {one["name"] for one in shown["items"]} == {"db-01", "db-02"}
    assert (shown["initialized"], shown["partial"], shown["missing"]) == (True, False, [])
    for one in shown["items"]:
        assert (one["replicationState"], one["launchable"]) == ("CONTINUOUS", "yes")
        assert one["lagSeconds"] >= 0
        assert one["lastSnapshotAt"] <= one["lastSeenAt"]


def test_a_group_of_tags_resolves_to_the_servers_that_have_them_all(api: Api, group: Make) -> None:
    made = group(servers={"tags": {"application": "shop", "wave": "app-a"}})
    path = f"/protection-groups/{made['groupId']}/servers"
    shown = api.done("GET", path, role=Role.VIEWER)
    assert {one["name"] for one in shown["items"]} == {"app-a-01", "app-a-02", "app-a-03"}
    nearly = group(servers={"tags": {"application": "shop", "wave": "database", "tier": "web"}})
    path = f"/protection-groups/{nearly['groupId']}/servers"
    assert api.done("GET", path, role=Role.VIEWER)["items"] == []


def test_servers_come_page_by_page(api: Api, servers: Mapping[str, str], group: Make) -> None:
    made = group(servers={"tags": {"application": "shop"}})
    path: str | None = f"/protection-groups/{made['groupId']}/servers?limit=2"
    sizes, names = [], set()
    while path:
        page = api.done("GET", path, role=Role.VIEWER)
        sizes.append(len(page["items"]))
        names |= {one["name"] for one in page["items"]}
        cursor = page["nextCursor"]
        path = cursor and f"{path.partition('&')[0]}&cursor={cursor}"
    assert (sizes, names) == ([2, 2, 1], set(servers))


def test_an_id_that_drs_does_not_know_is_named(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make
) -> None:
    made = group(servers["db-01"], NO_SUCH_SERVER)
    path = f"/protection-groups/{made['groupId']}/servers"
    assert api.done("GET", path, role=Role.VIEWER)["missing"] == [NO_SUCH_SERVER]
    told = validated(api, plan(made["groupId"]))
    assert [one["code"] for one in told["problems"]] == ["serverMissing"]


def test_where_drs_was_never_initialized_there_are_no_servers_and_validation_says_so(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make
) -> None:
    query = f"accountId={ACCOUNT}&region={NOT_INITIALIZED}"
    listed = api.done("GET", f"/source-servers?{query}", role=Role.VIEWER)
    assert (listed["items"], listed["initialized"]) == ([], False)
    made = group(servers["db-01"], region=NOT_INITIALIZED)
    path = f"/protection-groups/{made['groupId']}/servers"
    shown = api.done("GET", path, role=Role.VIEWER)
    assert (shown["items"], shown["initialized"]) == ([], False)
    told = validated(api, plan(made["groupId"]))
    assert told["ready"] is False
    [problem] = told["problems"]
    assert (problem["code"], problem["place"]) == ("notInitialized", "waves[0].groupIds[0]")
    assert NOT_INITIALIZED in problem["problem"]


def test_an_account_that_does_not_let_us_in_is_a_problem_with_its_reason_and_never_a_fault(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make
) -> None:
    query = f"accountId={SOMEBODY_ELSES}&region={REGION}"
    listed = api.done("GET", f"/source-servers?{query}", role=Role.VIEWER)
    assert (listed["items"], listed["partial"]) == ([], True)
    theirs = group(servers["db-01"], accountId=SOMEBODY_ELSES)
    path = f"/protection-groups/{theirs['groupId']}/servers"
    shown = api.done("GET", path, role=Role.VIEWER)
    told = validated(api, plan(group(servers["db-02"])["groupId"], theirs["groupId"]))
    assert told["ready"] is False
    [problem] = told["problems"]
    assert (problem["code"], problem["place"]) == ("unreachable", "waves[1].groupIds[0]")
    for reason in (listed["unreachable"], shown["unreachable"], problem["problem"]):
        assert f"arn:aws:iam::{SOMEBODY_ELSES}:role/BreakwaterTarget-local" in reason
        assert "sts:AssumeRole" in reason
    assert [wave["servers"] for wave in told["waves"]] == [1, 0]


# ---- plans


def test_a_plan_with_every_kind_of_problem_is_refused_with_all_of_them_at_once(
    api: Api, servers: Mapping[str, str], group: Make
) -> None:
    one, two = group(servers["db-01"]), group(servers["db-01"], servers["db-02"])
    critical = {"kind": "critical", "servers": {"ids": [servers["app-a-01"]]}}
    waves = [
        {"name": "a", "groupIds": [one["groupId"]], "dependsOn": ["c"]},
        {"name": "b", "groupIds": [one["groupId"], two["groupId"]], "dependsOn": ["a"]},
        {"name": "c", "groupIds": [], "dependsOn": ["b"]},
        {"name": "B", "groupIds": ["no-such-group"], "dependsOn": ["B", "wave d"]},
        {"name": "e", "groupIds": [two["groupId"]], "failurePolicy": critical},
    ]
    answer = api.call(
        "POST", "/recovery-plans", {"name": unique("bad"), "waves": waves}, role=Role.PLANNER
    )
    assert (answer.status, answer.error["code"]) == (422, "invalid")
    found = {(problem["place"], problem["code"]) for problem in answer.error["details"]}
    assert found == {
        ("waves[3].name", "duplicateWaveName"),
        ("waves[3].dependsOn[0]", "selfDependency"),
        ("waves[3].dependsOn[1]", "unknownWave"),
        ("waves[0].dependsOn[0]", "cycle"),
        ("waves[2].groupIds", "emptyWave"),
        ("waves[3].groupIds[0]", "unknownGroup"),
        ("waves[1].groupIds[0]", "groupInTwoWaves"),
        ("waves[1].groupIds[1]", "serverInTwoWaves"),
        ("waves[4].groupIds[0]", "groupInTwoWaves"),
        ("waves[4].groupIds[0]", "serverInTwoWaves"),
        ("waves[4].failurePolicy.servers.ids[0]", "criticalServerNotInWave"),
    }
    [cycle] = [one for one in answer.error["details"] if one["code"] == "cycle"]
    assert "a → c → b → a" in cycle["problem"]
    assert all(problem["remedy"] for problem in answer.error["details"])


def test_a_plan_without_waves_is_refused(api: Api) -> None:
    body = {"name": unique("empty"), "waves": []}
    answer = api.call("POST", "/recovery-plans", body, role=Role.PLANNER)
    assert answer.status == 422
    assert [one["code"] for one in answer.error["details"]] == ["noWaves"]


def test_a_good_plan_is_ready_and_says_how_many_servers_each_wave_has(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make
) -> None:
    database = group(servers["db-01"], servers["db-02"])
    application = group(servers={"tags": {"wave": "app-a"}})
    web = group(servers={"tags": {"wave": "web"}}, region="eu-central-1")
    made = plan(database["groupId"], application["groupId"], web["groupId"], rtoMinutes=60)
    told = validated(api, made)
    assert (told["ready"], told["problems"]) == (True, [])
    assert [wave["servers"] for wave in told["waves"]] == [2, 3, 3]


def test_a_stale_save_is_refused_with_both_versions(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make
) -> None:
    made = plan(group(servers["db-01"])["groupId"])
    path = f"/recovery-plans/{made['planId']}"
    body = {"name": made["name"], "waves": made["waves"], "version": 1}
    theirs = api.done("PUT", path, {**body, "rtoMinutes": 60}, role=Role.COMMANDER)
    assert (theirs["version"], theirs["updatedBy"]) == (2, "commander@example.com")
    answer = api.call("PUT", path, {**body, "rtoMinutes": 30}, role=Role.PLANNER)
    assert answer.status == 409
    yours, stored = answer.error["details"]["yours"], answer.error["details"]["stored"]
    assert (yours["version"], yours["rtoMinutes"]) == (1, 30)
    assert (stored["version"], stored["rtoMinutes"]) == (2, 60)
    assert "commander@example.com" in answer.error["message"]


@pytest.mark.parametrize("kind", ["group", "plan"])
def test_of_two_people_who_save_at_once_one_wins_and_the_other_sees_both(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make, kind: str
) -> None:
    made: dict[str, Any] = group(servers["db-01"])
    path = f"/protection-groups/{made['groupId']}"
    body = {name: made[name] for name in ("name", "accountId", "region")}
    body["servers"] = {"ids": made["servers"]["ids"]}
    if kind == "plan":
        made = plan(made["groupId"])
        path = f"/recovery-plans/{made['planId']}"
        body = {"name": made["name"], "waves": made["waves"]}
    names = {Role.PLANNER: unique("planner's"), Role.COMMANDER: unique("commander's")}

    def save(role: Role) -> Answer:
        return api.call("PUT", path, {**body, "name": names[role], "version": 1}, role=role)

    answers = dict(
        zip(names, at_once(lambda: save(Role.PLANNER), lambda: save(Role.COMMANDER)), strict=True)
    )
    assert sorted(answer.status for answer in answers.values()) == [200, 409]
    [winner] = [role for role, answer in answers.items() if answer.status == 200]
    [refused] = [answer for answer in answers.values() if answer.status == 409]
    stored = api.done("GET", path, role=Role.VIEWER)
    assert (stored["name"], stored["version"]) == (names[winner], 2)
    assert refused.error["details"]["stored"]["name"] == names[winner]
    assert refused.error["details"]["yours"]["version"] == 1


def test_a_group_that_is_removed_while_a_plan_with_it_is_saved_is_in_it_or_gone(
    api: Api, servers: Mapping[str, str], group: Make
) -> None:
    made = group(servers["db-01"])
    path = f"/protection-groups/{made['groupId']}"
    saved, removed = at_once(
        lambda: api.call("POST", "/recovery-plans", plan_of(made["groupId"]), role=Role.PLANNER),
        lambda: api.call("DELETE", path, role=Role.COMMANDER),
    )
    assert (saved.status, removed.status) in {(201, 409), (409, 204), (422, 204)}
    stored = api.call("GET", path, role=Role.VIEWER)
    if saved.status == 201:
        assert stored.json["usedBy"] == [saved.json["planId"]]
    else:
        assert stored.status == 404


def test_lists_do_not_mind_the_case(api: Api, servers: Mapping[str, str], group: Make) -> None:
    prefix = unique("case")
    for name in ("Zebra", "apple"):
        group(servers["db-01"], name=f"{prefix} {name}")
    listed = api.done("GET", f"/protection-groups?prefix={quote(prefix.upper())}", role=Role.VIEWER)
    assert [one["name"] for one in listed["items"]] == [f"{prefix} apple", f"{prefix} Zebra"]


@pytest.fixture
def ec2(aws: Emulator) -> Any:
    return aws.client("ec2")


def test_where_servers_would_be_launched_is_looked_at(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make, ec2: Any
) -> None:
    """In EC2, by the launch template that DRS names; its subnet is then taken away."""
    made = plan(group(servers["db-02"])["groupId"])
    told = validated(api, made)
    assert (told["problems"], told["warnings"]) == ([], [])
    [template] = [
        one["LaunchTemplateId"]
        for one in ec2.describe_launch_templates()["LaunchTemplates"]
        if servers["db-02"] in one["LaunchTemplateName"]
    ]
    interface = {"DeviceIndex": 0, "SubnetId": "subnet-0gone", "Groups": ["sg-0gone"]}
    version = ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"NetworkInterfaces": [interface]}
    )["LaunchTemplateVersion"]["VersionNumber"]
    ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion=str(version))
    try:
        told = validated(api, made)
    finally:
        ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="1")
    found = {one["code"]: one["problem"] for one in told["problems"]}
    assert found.keys() == {"subnetMissing", "securityGroupMissing"}
    assert "subnet-0gone" in found["subnetMissing"]
    assert "sg-0gone" in found["securityGroupMissing"]


def test_a_group_in_use_stays_until_no_plan_names_it(
    api: Api, servers: Mapping[str, str], group: Make, plan: Make
) -> None:
    used = group(servers["db-01"])
    made = plan(used["groupId"])
    path = f"/protection-groups/{used['groupId']}"
    answer = api.call("DELETE", path, role=Role.PLANNER)
    assert answer.status == 409
    using = {"planId": made["planId"], "name": made["name"]}
    assert answer.error["details"] == {"usedBy": [using], "count": 1}
    assert api.done("GET", path, role=Role.VIEWER)["usedBy"] == [made["planId"]]
    api.done("DELETE", f"/recovery-plans/{made['planId']}", role=Role.PLANNER)
    assert api.call("DELETE", path, role=Role.PLANNER).status == 204
    assert api.call("GET", path, role=Role.VIEWER).status == 404


@pytest.mark.parametrize("kind", ["protection-groups", "recovery-plans"])
def test_a_name_is_taken_once_however_it_is_cased(
    api: Api, servers: Mapping[str, str], group: Make, kind: str
) -> None:
    first = group_of("Name", servers["db-01"])
    if kind == "recovery-plans":
        first = plan_of(group(servers["db-01"])["groupId"])
    api.done("POST", f"/{kind}", first, role=Role.PLANNER)
    again = {**first, "name": first["name"].upper()}
    assert api.call("POST", f"/{kind}", again, role=Role.PLANNER).status == 409
