"""How the API takes requests: keys, wrong input, cursors, the audit trail, too many at once."""

import base64
import json
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from breakwater.contract import Role
from breakwater.platform.http.body import MAX_BODY_BYTES
from breakwater.platform.http.rate_limit import Allowance
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Api, group_of, unique
from tests.integration.api.made import (
    REQUESTS,
    Make,
    at_once,
    group,
    plan,
    plan_of,
    servers,
    told_places,
)
from tests.integration.api.test_roles import claims_of
from tests.integration.asked import Answer
from tests.integration.deployed import physical_id
from tests.integration.waiting import until

__all__ = ["group", "plan", "servers"]  # fixtures


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


def test_of_many_at_once_with_one_key_one_does_the_work(
    api: Api, servers: Mapping[str, str]
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = group_of("together", servers["db-01"])
    answers = at_once(
        *[lambda: api.call("POST", "/protection-groups", body, role=Role.PLANNER, headers=key)] * 6
    )
    done = [answer.json["groupId"] for answer in answers if answer.status == 201]
    waiting = [answer.error["message"] for answer in answers if answer.status != 201]
    assert len(set(done)) == 1
    assert all("is being worked on" in message for message in waiting), waiting
    again = api.done("POST", "/protection-groups", body, role=Role.PLANNER, headers=key)
    assert again["groupId"] == done[0]


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


BROKEN = {
    "nothing": "",
    "a brace": "{",
    "a list": "[]",
    "null": "null",
    "text": '"text"',
    "empty": "{}",
    "a thousand brackets": "[" * 100_000,
    "a number without end": '{"name": %s}' % ("9" * 5000),
    "NaN": '{"name": NaN}',
    "a field twice": '{"name": "a", "name": "b"}',
    "half a character": '{"name": "\\ud800"}',
    "more bytes than a key has": json.dumps({"name": "\ufdfa" * 80}),
    "twenty thousand fields": json.dumps({f"f{n}": 1 for n in range(20_000)}),
}


@pytest.mark.parametrize("path", ["/protection-groups", "/recovery-plans"])
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_is_none_is_not_understood(api: Api, path: str, body: str) -> None:
    answer = api.call("POST", path, body, role=Role.PLANNER)
    assert (answer.status, answer.error["code"]) == (400, "badRequest")


def test_a_misspelled_parameter_is_refused_and_nothing_was_done(
    api: Api, servers: Mapping[str, str], group: Make
) -> None:
    """Ignored, it would have removed the group whatever its version."""
    path = f"/protection-groups/{group(servers['db-01'])['groupId']}"
    answer = api.call("DELETE", f"{path}?verison=7", role=Role.PLANNER)
    assert (answer.status, set(told_places(answer))) == (400, {"verison"})
    assert api.call("GET", path, role=Role.VIEWER).status == 200


@pytest.mark.parametrize("shape", ["a%20b", "x" * 65, "%23", "NAME%23web", "..%2Fme", "%00"])
def test_an_id_that_none_can_have_is_404(api: Api, shape: str) -> None:
    answer = api.call("GET", f"/recovery-plans/{shape}", role=Role.VIEWER)
    assert (answer.status, answer.error["code"]) == (404, "notFound")


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


@pytest.mark.parametrize(
    "path",
    [
        "/protection-groups?limit=1",
        f"/source-servers?accountId={ACCOUNT}&region={REGION}&limit=1",
        "/audit?actor=planner%40example.com&limit=1",
        "/audit/export?actor=planner%40example.com",
    ],
)
def test_no_list_fails_over_a_cursor_that_somebody_made_up(
    api: Api, servers: Mapping[str, str], group: Make, path: str
) -> None:
    group(servers["db-01"])
    group(servers["db-02"])
    asked = path.replace("/export", "") + ("&limit=1" if "export" in path else "")
    cursor = api.done("GET", asked, role=Role.VIEWER)["nextCursor"]
    statuses = {
        how: api.call("GET", f"{path}&cursor={changed}", role=Role.VIEWER).status
        for how, changed in tampered(cursor).items()
    }
    assert statuses == dict.fromkeys(statuses, 400)


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
        assert datetime.fromisoformat(entry["recordedAt"]).utcoffset() == timedelta(0)

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


def test_a_burst_drains_the_bucket_and_a_pause_fills_it(
    aws: Emulator, api: Api, newcomer: Callable[..., str]
) -> None:
    """Each request takes a token. A machine that answers fewer than come back in the same time
    never drains it: what other machines would have taken meanwhile is taken at the end.
    """
    greedy, allowance = newcomer(Role.VIEWER), Allowance()
    bucket = {"idempotencyKey": {"S": f"RATE#{claims_of(greedy)['sub']}"}}
    dynamodb, table = aws.client("dynamodb"), physical_id(aws, "data", REQUESTS)
    began = time.time()
    answers = at_once(*[lambda: api.call("GET", "/me", token=greedy)] * allowance.burst)
    assert {answer.status for answer in answers} == {200}, "so many may come at one moment"
    took = time.time() - began
    empty_at = float(dynamodb.get_item(TableName=table, Key=bucket)["Item"]["emptyAt"]["N"])
    assert began + allowance.burst / allowance.per_second <= empty_at
    assert empty_at <= began + allowance.burst / allowance.per_second + took

    def drained() -> Answer | None:
        later = time.time() + allowance.burst / allowance.per_second + 2
        dynamodb.update_item(
            TableName=table,
            Key=bucket,
            UpdateExpression="SET emptyAt = :later",
            ExpressionAttributeValues={":later": {"N": str(later)}},
        )
        answer = api.call("GET", "/me", token=greedy)
        return answer if answer.status == 429 else None

    refused = until(drained)
    assert api.call("GET", "/me", role=Role.VIEWER).status == 200, "others are not held up"
    time.sleep(int(refused.headers["retry-after"]))
    assert api.call("GET", "/me", token=greedy).status == 200
