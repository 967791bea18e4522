"""Groups and plans from their making to their end, on the DRS simulator, with IAM enforced."""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from breakwater.contract import Role
from breakwater.platform.http.application import MAX_BODY_BYTES
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Answer, Api, group_of, source_servers, unique
from tests.integration.api.test_roles import claims_of
from tests.integration.deployed import physical_id

NOT_INITIALIZED = "us-east-1"
SOMEBODY_ELSES = "123456789012"
NO_SUCH_SERVER = "s-00000000000000000"
REQUESTS = "RequestsC42AC379"


@pytest.fixture(scope="module")
def servers(api: Api) -> Mapping[str, str]:
    """The ids of the simulator's servers, by name."""
    return source_servers(api)


Make = Callable[..., dict[str, Any]]


@pytest.fixture
def group(api: Api) -> Make:
    """Makes a protection group of these ids."""

    def make(*ids: str, **other: Any) -> dict[str, Any]:
        body = group_of("group", *ids, **other)
        made: dict[str, Any] = api.done("POST", "/protection-groups", body, role=Role.PLANNER)
        return made

    return make


def plan_of(*group_ids: str, **other: Any) -> dict[str, Any]:
    """A plan's body: a wave for each group, one after the other."""
    waves = [
        {"name": f"wave {n}", "groupIds": [one], "dependsOn": [f"wave {n - 1}"] if n else []}
        for n, one in enumerate(group_ids)
    ]
    return {"name": unique("plan"), "waves": waves, **other}


@pytest.fixture
def plan(api: Api) -> Make:
    """Makes a recovery plan with a wave for each of these groups."""

    def make(*group_ids: str, **other: Any) -> dict[str, Any]:
        body = plan_of(*group_ids, **other)
        made: dict[str, Any] = api.done("POST", "/recovery-plans", body, role=Role.PLANNER)
        return made

    return make


def validated(api: Api, made: dict[str, Any]) -> dict[str, Any]:
    path = f"/recovery-plans/{made['planId']}/validate"
    told: dict[str, Any] = api.done("POST", path, role=Role.VIEWER)
    return told


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """No more of them than the embedded AWS runs functions."""
    with ThreadPoolExecutor(max_workers=min(len(calls), 6)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def told_places(answer: Answer) -> dict[str, str]:
    """The places that a refusal names, and what it says of each."""
    return {found["place"]: found["problem"] for found in answer.error["details"]}


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


# ---- the same request twice


def test_the_same_request_with_its_key_gets_the_same_answer_and_is_done_once(
    api: Api, servers: Mapping[str, str]
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = group_of("twice", servers["db-01"])
    answers = [
        api.call("POST", "/protection-groups", body, role=Role.PLANNER, headers=key)
        for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    listed = api.done("GET", f"/protection-groups?prefix={quote(body['name'])}", role=Role.VIEWER)
    assert [one["groupId"] for one in listed["items"]] == [answers[0].json["groupId"]]


def test_another_body_with_the_same_key_is_refused(api: Api, servers: Mapping[str, str]) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = group_of("first", servers["db-01"]), group_of("second", servers["db-01"])
    api.done("POST", "/protection-groups", first, role=Role.PLANNER, headers=key)
    answer = api.call("POST", "/protection-groups", second, role=Role.PLANNER, headers=key)
    assert (answer.status, answer.error["code"]) == (409, "conflict")
    elsewhere = api.call("POST", "/protection-groups", second, role=Role.COMMANDER, headers=key)
    assert elsewhere.status == 201, "the same key of somebody else is another key"


# ---- what is not understood


def test_every_field_that_is_wrong_or_unknown_is_named_with_its_value(api: Api) -> None:
    wrong = {**group_of("x"), "region": "Ireland", "color": "red"}
    wrong["servers"] = {"ids": ["i-1"], "some": 1}
    answer = api.call("POST", "/protection-groups", wrong, role=Role.PLANNER)
    assert (answer.status, answer.error["code"]) == (400, "badRequest")
    values = {found["place"]: found["value"] for found in answer.error["details"]}
    assert values == {
        "region": "Ireland",
        "color": "red",
        "servers.ids[0]": "i-1",
        "servers.some": 1,
    }
    assert all(place in answer.error["message"] for place in values)


def test_a_field_deep_in_a_plan_is_named_by_its_place(api: Api) -> None:
    body = {"name": "x", "waves": [{"name": "a"}, {"name": "b", "dependsOn": "a", "after": 1}]}
    answer = api.call("POST", "/recovery-plans", body, role=Role.PLANNER)
    assert answer.status == 400
    assert set(told_places(answer)) == {"waves[1].dependsOn", "waves[1].after"}


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "{}"])
def test_a_body_that_is_none_is_not_understood(api: Api, body: str) -> None:
    answer = api.call("POST", "/protection-groups", body, role=Role.PLANNER)
    assert (answer.status, answer.error["code"]) == (400, "badRequest")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/protection-groups/{id}"),
        ("PUT", "/protection-groups/{id}"),
        ("DELETE", "/protection-groups/{id}"),
        ("GET", "/protection-groups/{id}/servers"),
        ("GET", "/recovery-plans/{id}"),
        ("PUT", "/recovery-plans/{id}"),
        ("DELETE", "/recovery-plans/{id}"),
        ("POST", "/recovery-plans/{id}/validate"),
    ],
)
def test_what_does_not_exist_is_404(
    api: Api, servers: Mapping[str, str], group: Make, method: str, path: str
) -> None:
    unknown = str(uuid.uuid4())
    body = None
    if method == "PUT":
        body = {**group_of("x", servers["db-01"]), "version": 1}
        if "plans" in path:
            body = {**plan_of(group(servers["db-01"])["groupId"]), "version": 1}
    answer = api.call(method, path.format(id=unknown), body, role=Role.PLANNER)
    assert (answer.status, answer.error["code"]) == (404, "notFound")
    assert unknown in answer.error["message"]


def test_a_body_larger_than_any_that_makes_sense_is_413(api: Api) -> None:
    body = json.dumps({"name": "x" * MAX_BODY_BYTES})
    answer = api.call("POST", "/recovery-plans", body, role=Role.PLANNER)
    assert (answer.status, answer.error["code"]) == (413, "tooLarge")
    assert answer.error["details"] == {"bytes": len(body), "limit": MAX_BODY_BYTES}


# ---- lists and their cursors


@pytest.fixture
def cursor(api: Api, servers: Mapping[str, str], group: Make) -> tuple[str, str]:
    """A prefix under which there are two groups, and the cursor after the first."""
    prefix = unique("page")
    for number in range(2):
        group(servers["db-01"], name=f"{prefix} {number}")
    path = f"/protection-groups?prefix={quote(prefix)}&limit=1"
    page = api.done("GET", path, role=Role.VIEWER)
    assert [one["name"] for one in page["items"]] == [f"{prefix} 0"]
    return prefix, page["nextCursor"]


def test_a_cursor_goes_on_where_the_page_ended(api: Api, cursor: tuple[str, str]) -> None:
    prefix, after = cursor
    path = f"/protection-groups?prefix={quote(prefix)}&cursor={after}"
    page = api.done("GET", path, role=Role.VIEWER)
    assert [one["name"] for one in page["items"]] == [f"{prefix} 1"]
    assert page["nextCursor"] is None


def tampered(cursor: str) -> dict[str, str]:
    content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))

    def written(changed: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")

    return {
        "cut off": cursor[: len(cursor) // 2],
        "nonsense": "nonsense",
        "no object": written(7),
        "another question": written({**content, "q": "0" * 16}),
        "another position": written({**content, "p": {"after": {"S": "x"}}}),
        "a position of another kind": written({**content, "p": "x"}),
        "values of another kind": written({**content, "p": dict.fromkeys(content["p"], 7)}),
    }


def test_a_cursor_that_somebody_changed_is_400(api: Api, cursor: tuple[str, str]) -> None:
    prefix, after = cursor
    statuses = {}
    for how, changed in tampered(after).items():
        path = f"/protection-groups?prefix={quote(prefix)}&cursor={changed}"
        statuses[how] = api.call("GET", path, role=Role.VIEWER).status
    assert statuses == dict.fromkeys(statuses, 400)


def test_a_cursor_is_good_for_its_own_question_only(api: Api, cursor: tuple[str, str]) -> None:
    answer = api.call("GET", f"/protection-groups?cursor={cursor[1]}", role=Role.VIEWER)
    assert answer.status == 400
    assert set(told_places(answer)) == {"cursor"}


# ---- the audit trail


def test_everything_that_was_done_is_told_by_subject_and_by_actor(
    api: Api, servers: Mapping[str, str], newcomer: Callable[..., str]
) -> None:
    """By somebody of their own, so that all that they did is in here."""
    token = newcomer(Role.PLANNER)
    me = claims_of(token)
    group_body = group_of("told", servers["db-01"])
    made = api.call("POST", "/protection-groups", group_body, token=token).json
    body = plan_of(made["groupId"])
    plan_id = api.call("POST", "/recovery-plans", body, token=token).json["planId"]
    path = f"/recovery-plans/{plan_id}"
    assert api.call("PUT", path, {**body, "version": 7}, token=token).status == 409
    changed = {**body, "rtoMinutes": 60, "version": 1}
    assert api.call("PUT", path, changed, token=token).status == 200
    assert api.call("DELETE", f"{path}?reason=no%20longer", token=token).status == 204

    subject = quote(f"PLAN#{plan_id}", safe="")
    told = api.done("GET", f"/audit?subject={subject}", role=Role.VIEWER)["items"]
    assert [entry["action"] for entry in told] == ["planRemoved", "planChanged", "planCreated"]
    removed, changed_entry, created = told
    assert (created["before"], created["after"]["name"]) == (None, body["name"])
    assert changed_entry["before"] == created["after"]
    assert changed_entry["after"] == {**created["after"], "rtoMinutes": 60}
    assert (removed["reason"], removed["before"]) == ("no longer", changed_entry["after"])
    for entry in told:
        assert (entry["actor"], entry["actorId"]) == (me["email"], me["sub"])
        assert entry["address"] == "127.0.0.1"

    actor = quote(me["email"], safe="")
    path = f"/audit?actor={actor}&limit=3"
    first = api.done("GET", path, role=Role.VIEWER)
    rest = api.done("GET", f"{path}&cursor={first['nextCursor']}", role=Role.VIEWER)
    assert first["items"] == told
    assert [entry["subject"] for entry in rest["items"]] == [f"GROUP#{made['groupId']}"]
    assert rest["nextCursor"] is None

    lines = api.call("GET", f"/audit/export?actor={actor}", role=Role.VIEWER)
    assert lines.headers["content-type"] == "application/x-ndjson"
    exported = [json.loads(line) for line in lines.text.splitlines()]
    whole = [*first["items"], *rest["items"]]
    assert exported == [
        {name: value for name, value in entry.items() if value is not None} for entry in whole
    ]


@pytest.mark.parametrize("query", ["", "?subject=a&actor=b"])
@pytest.mark.parametrize("path", ["/audit", "/audit/export"])
def test_the_trail_is_read_of_one_subject_or_one_person(api: Api, path: str, query: str) -> None:
    assert api.call("GET", path + query, role=Role.VIEWER).status == 400


def test_a_subject_of_which_nothing_is_known_has_an_empty_trail(api: Api) -> None:
    page = api.done("GET", "/audit?subject=PLAN%23none", role=Role.VIEWER)
    assert (page["items"], page["nextCursor"]) == ([], None)
    assert api.call("GET", "/audit/export?subject=PLAN%23none", role=Role.VIEWER).text == ""


# ---- too many requests


def test_who_asks_too_much_is_told_when_to_go_on_and_nobody_else_is_held_up(
    aws: Emulator, api: Api, newcomer: Callable[..., str]
) -> None:
    """The bucket is emptied far ahead, so that no machine is too slow to find it empty."""
    greedy = newcomer(Role.VIEWER)
    assert api.call("GET", "/me", token=greedy).status == 200
    bucket = {"idempotencyKey": {"S": f"RATE#{claims_of(greedy)['sub']}"}}
    dynamodb, table = aws.client("dynamodb"), physical_id(aws, "data", REQUESTS)
    was = dynamodb.get_item(TableName=table, Key=bucket)["Item"]["emptyAt"]["N"]
    ahead = {":later": {"N": str(float(was) + 3600)}}
    dynamodb.update_item(
        TableName=table,
        Key=bucket,
        UpdateExpression="SET emptyAt = :later",
        ExpressionAttributeValues=ahead,
    )
    refused = at_once(*[lambda: api.call("GET", "/me", token=greedy)] * 20)
    assert {answer.status for answer in refused} == {429}
    for answer in refused:
        assert answer.error["code"] == "tooManyRequests"
        assert 3500 < int(answer.headers["retry-after"]) <= 3600
        wait = int(answer.headers["retry-after"])
        assert answer.error["details"] == {"retryAfterSeconds": wait}
    assert [api.call("GET", "/me", role=role).status for role in Role] == [200] * len(Role)
    assert api.call("GET", "/audit?subject=x", token=greedy).status == 429  # one bucket for all
    dynamodb.delete_item(TableName=table, Key=bucket)
    assert api.call("GET", "/me", token=greedy).status == 200
