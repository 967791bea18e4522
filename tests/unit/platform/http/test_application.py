"""The gates that every request passes, and how errors are said."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from breakwater.platform.http.application import _address
from breakwater.platform.http.body import MAX_BODY_BYTES
from breakwater.platform.http.refusals import DETAILS_TOLD
from tests.unit.platform.http.conftest import CONTEXT, Keys, Tokens


def test_a_request_is_answered_for_its_caller(ask: Any) -> None:
    assert ask("GET", "/things/7")[:2] == (200, {"thingId": "7", "savedBy": "ada@example.com"})
    assert ask("POST", "/things", {"displayName": "x"})[0] == 201


def test_a_path_that_we_do_not_have_is_404_in_our_words(ask: Any) -> None:
    status, body, _ = ask("GET", "/nothing")
    assert (status, body["error"]["code"]) == (404, "notFound")


def test_a_method_that_we_do_not_have_is_405_and_says_which(ask: Any) -> None:
    status, body, headers = ask("DELETE", "/things/7")
    assert (status, headers["allow"]) == (405, "GET")
    assert "possible: GET" in body["error"]["message"]


def test_the_role_is_asked_before_the_body_is_read(ask: Any) -> None:
    status, body, _ = ask("POST", "/things", raw="{not json", groups="[viewer]")
    assert (status, body["error"]["code"]) == (403, "forbidden")
    assert body["error"]["details"] == {"needed": ["commander", "planner"], "yours": ["viewer"]}


@pytest.mark.parametrize("groups", ["", "[]", "[strangers]"])
def test_who_has_no_role_may_nothing(ask: Any, groups: str) -> None:
    assert ask("GET", "/things/7", groups=groups)[0] == 403


def test_a_body_that_is_too_large_is_413(ask: Any) -> None:
    status, body, _ = ask("POST", "/things", {"displayName": "x" * MAX_BODY_BYTES})
    assert (status, body["error"]["details"]["limit"]) == (413, MAX_BODY_BYTES)


def test_the_size_is_that_of_the_body_and_not_of_its_encoding(ask: Any) -> None:
    plain = json.dumps({"displayName": "x" * (MAX_BODY_BYTES - 100)}).encode()
    encoded = base64.b64encode(plain).decode()
    assert len(encoded) > MAX_BODY_BYTES
    assert ask("POST", "/things", raw=encoded, encoded=True)[0] == 201


def test_too_many_requests_say_how_long_to_wait(ask: Any, tokens: Tokens) -> None:
    tokens.left = 1
    assert ask("GET", "/things/7")[0] == 200
    status, body, headers = ask("GET", "/things/7")
    assert (status, body["error"]["code"]) == (429, "tooManyRequests")
    assert headers["retry-after"] == "3"
    assert tokens.callers == ["s-1", "s-1"]


def test_every_wrong_field_is_named_with_its_place_and_value(ask: Any) -> None:
    draft = {"waves": [{"name": "ok"}, {"name": "too long"}, {"nam": "x"}], "color": "red"}
    status, body, _ = ask("POST", "/things", draft)
    assert status == 400
    found = {problem["place"]: problem["value"] for problem in body["error"]["details"]}
    assert found.keys() == {
        "displayName",
        "waves[1].name",
        "waves[2].name",
        "waves[2].nam",
        "color",
    }
    assert found["waves[1].name"] == "too long"
    assert found["color"] == "red"


@pytest.mark.parametrize("raw", ["", "{", "[]", "7", "null", '"text"'])
def test_a_body_that_is_none_is_a_400(ask: Any, raw: str) -> None:
    status, body, _ = ask("POST", "/things", raw=raw)
    assert (status, body["error"]["code"]) == (400, "badRequest")


def test_a_body_that_is_not_what_its_encoding_says_is_a_400(ask: Any) -> None:
    assert ask("POST", "/things", raw="%%%", encoded=True)[0] == 400


def test_an_error_of_a_route_is_answered_with_its_details(ask: Any) -> None:
    assert ask("GET", "/things/missing")[0] == 404
    status, body, _ = ask("POST", "/things", {"displayName": "taken"})
    assert (status, body["error"]["details"]) == (409, {"name": "taken"})


def test_our_own_fault_is_a_500_that_names_the_request_and_no_cause(ask: Any) -> None:
    status, body, _ = ask("GET", "/things/broken")
    assert (status, body["error"]["details"]) == (500, {"requestId": "request-1"})
    assert "secret" not in json.dumps(body)


def test_a_key_belongs_to_its_caller_and_its_route(ask: Any, keys: Keys) -> None:
    ask("POST", "/things", {"displayName": "x"}, headers={"Idempotency-Key": "k-1"})
    [(key, scope, _)] = keys.asked
    assert (key, scope) == ("k-1", "s-1 POST /things")


def test_a_key_where_none_is_taken_is_ignored(ask: Any, keys: Keys) -> None:
    assert ask("GET", "/things/7", headers={"idempotency-key": "k-1"})[0] == 200
    assert keys.asked == []


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1", "203.0.113.9 via 192.0.2.1"),
        ("invented, 203.0.113.9, 192.0.2.1", "203.0.113.9 via 192.0.2.1"),
        (",, ,", "192.0.2.1"),
        ("x" * 500, f"{'x' * 64} via 192.0.2.1"),
    ],
)
def test_where_it_came_from_names_the_edge_and_whom_it_heard(
    forwarded: str | None, address: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    event = {"headers": headers, "requestContext": {"http": {"sourceIp": "192.0.2.1"}}}
    assert _address(event) == address


def test_a_form_is_no_json(ask: Any) -> None:
    headers = {"content-type": "multipart/form-data"}
    status, body, _ = ask("POST", "/things", {"displayName": "x"}, headers=headers)
    assert (status, body["error"]["code"]) == (400, "badRequest")
    assert "application/json" in body["error"]["message"]


def test_broken_json_is_told_of_the_body(ask: Any) -> None:
    _, body, _ = ask("POST", "/things", raw="{")
    assert [problem["place"] for problem in body["error"]["details"]] == ["body"]


# ---- what an attacker, or a broken client, sends


@pytest.mark.parametrize(
    "raw",
    ["[" * 200_000, '{"displayName": ' + "9" * 5000 + "}", '{"displayName": NaN}'],
    ids=["deep", "long number", "NaN"],
)
def test_what_breaks_a_reader_of_json_is_a_400_in_json(ask: Any, raw: str) -> None:
    status, body, _ = ask("POST", "/things", raw=raw, headers={"Idempotency-Key": "k"})
    assert (status, body["error"]["code"]) == (400, "badRequest")
    assert "NaN" not in json.dumps(body["error"]["details"][0].get("value", ""))


def test_a_thousand_mistakes_are_counted_and_the_first_are_told(ask: Any) -> None:
    wrong = {f"field{number}": 1 for number in range(1000)}
    _, body, _ = ask("POST", "/things", {"displayName": "x", **wrong})
    assert len(body["error"]["details"]) == DETAILS_TOLD
    assert body["error"]["message"].endswith(f"and {1000 - DETAILS_TOLD} more.")


def test_a_field_of_one_of_several_forms_is_named_as_it_is_written(ask: Any) -> None:
    """pydantic adds which form it took it for."""
    _, body, _ = ask("POST", "/things", {"displayName": "x", "shape": {"kind": "round", "r": -1}})
    assert [one["place"] for one in body["error"]["details"]] == ["shape.r"]
    _, body, _ = ask("POST", "/things", {"displayName": "x", "shape": {"kind": "round"}})
    assert [one["place"] for one in body["error"]["details"]] == ["shape.r"]
    _, body, _ = ask("POST", "/things", {"displayName": "x", "shape": {"kind": "odd", "r": 1}})
    assert [one["place"] for one in body["error"]["details"]] == ["shape"]


def test_a_query_parameter_that_there_is_not_is_refused_and_named(ask: Any) -> None:
    """A misspelled one that is ignored would mean another request than was meant."""
    status, body, _ = ask("POST", "/things", {"displayName": "x"}, query="dri=true&x=1")
    assert (status, [one["place"] for one in body["error"]["details"]]) == (400, ["dri", "x"])
    assert "this has dry" in body["error"]["message"]
    assert ask("GET", "/things/7", query="a=1")[1]["error"]["message"].endswith("this has none.")
    assert ask("POST", "/things", {"displayName": "x"}, query="dry=true")[0] == 201


def test_an_id_of_a_shape_that_none_has_is_404(ask: Any) -> None:
    status, body, _ = ask("GET", f"/things/{'x' * 65}")
    assert (status, body["error"]["code"]) == (404, "notFound")


def test_a_request_that_is_refused_has_taken_a_token(ask: Any, tokens: Tokens) -> None:
    ask("GET", "/nothing")
    ask("POST", "/things", groups="[viewer]")
    ask("POST", "/things", {"displayName": "x" * MAX_BODY_BYTES})
    assert tokens.callers == ["s-1"] * 3


def test_nothing_is_kept_by_a_browser(ask: Any) -> None:
    for path in ("/things/7", "/things/missing", "/nothing"):
        assert ask("GET", path)[2]["cache-control"] == "no-store"


@pytest.mark.parametrize("thing", ["throttled", "silent", "wrapped"])
def test_aws_that_refuses_for_now_or_is_silent_is_a_503_that_says_to_try_again(
    ask: Any, thing: str
) -> None:
    status, body, headers = ask("GET", f"/things/{thing}")
    assert (status, body["error"]["code"]) == (503, "unavailable")
    assert "try again" in body["error"]["message"]
    assert int(headers["retry-after"]) > 0
    assert "secret" not in json.dumps(body)


def test_what_aws_denies_is_our_fault(ask: Any) -> None:
    assert ask("GET", "/things/denied")[0] == 500


def test_a_request_that_is_sent_again_with_its_key_has_the_same_mark_and_no_other_has(
    ask: Callable[..., tuple[int, Any, dict[str, str]]],
) -> None:
    def mark(**headers: str) -> str:
        _, said, _ = ask("POST", "/started", {}, headers=headers)
        return str(said["thingId"])

    first = mark(**{"Idempotency-Key": "k1"})
    assert mark(**{"idempotency-key": "k1"}) == first
    assert mark(**{"Idempotency-Key": "k2"}) != first
    assert mark() == CONTEXT.aws_request_id
