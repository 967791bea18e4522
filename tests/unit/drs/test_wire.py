"""Requests are checked against botocore's model, strictly; pages are real; callers are known."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater_local.drs.errors import ServiceError, throttled
from breakwater_local.drs.supported import LISTS, SUPPORTED
from breakwater_local.drs.wire.caller import caller
from breakwater_local.drs.wire.model import error_status, find, operations
from breakwater_local.drs.wire.pages import page
from breakwater_local.drs.wire.request import parameters
from breakwater_local.drs.wire.response import NotWhatTheModelSays, failure, success

SERVER = "s-0123456789abcdef0"


def asked(name: str, /, **params: Any) -> dict[str, Any]:
    return parameters(operations()[name], {}, {}, json.dumps(params).encode())


def test_every_simulated_operation_is_one_that_botocore_knows() -> None:
    assert set(SUPPORTED) <= set(operations())
    assert {name for name in SUPPORTED if operations()[name].items} == set(LISTS)


@pytest.mark.parametrize(
    ("name", "params", "where"),
    [
        ("StartRecovery", {}, "sourceServers"),
        ("StartRecovery", {"sourceServers": []}, "sourceServers"),
        (
            "StartRecovery",
            {"sourceServers": [{"sourceServerID": "s-1"}]},
            "sourceServers[0].sourceServerID",
        ),
        ("StartRecovery", {"sourceServers": [{"sourceServerID": SERVER}] * 201}, "sourceServers"),
        (
            "StartRecovery",
            {"sourceServers": [{"sourceServerID": SERVER}], "isDril": True},
            "isDril",
        ),
        (
            "StartRecovery",
            {"sourceServers": [{"sourceServerID": SERVER}], "isDrill": "true"},
            "isDrill",
        ),
        ("DescribeJobs", {"maxResults": 0}, "maxResults"),
        ("DescribeJobs", {"maxResults": True}, "maxResults"),
        ("DescribeJobs", {"filters": {"fromDate": "yesterday"}}, "filters.fromDate"),
        ("DescribeJobs", {"filters": {"jobIDs": "drsjob-1"}}, "filters.jobIDs"),
        ("DescribeRecoverySnapshots", {"sourceServerID": SERVER, "order": "UP"}, "order"),
        ("UpdateLaunchConfiguration", {"sourceServerID": SERVER, "name": "n" * 129}, "name"),
        ("ListExtensibleSourceServers", {"stagingAccountID": "1" * 12, "maxResults": 301}, "maxR"),
    ],
)
def test_a_request_that_the_model_does_not_allow_is_refused_with_its_place(
    name: str, params: dict[str, Any], where: str
) -> None:
    with pytest.raises(ServiceError) as refused:
        asked(name, **params)
    assert refused.value.name == "ValidationException"
    assert any(field["name"].startswith(where) for field in refused.value.members["fieldList"])


def test_every_fault_of_a_request_is_told_at_once() -> None:
    with pytest.raises(ServiceError) as refused:
        asked("DescribeJobs", maxResults=0, filters={"toDate": "x", "unknown": 1})
    assert len(refused.value.members["fieldList"]) >= 3


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(ServiceError) as refused:
        parameters(operations()["DescribeJobs"], {}, {}, body)
    assert refused.value.members["reason"] == "cannotParse"


def test_null_means_absent() -> None:
    assert asked("DescribeJobs", maxResults=None) == {}


def test_the_simulator_refuses_to_answer_what_the_service_never_would() -> None:
    with pytest.raises(NotWhatTheModelSays):
        success(operations()["DescribeJobs"], {"items": [{"jobID": "drsjob-1"}]})


def test_what_the_model_puts_into_a_header_is_sent_as_one() -> None:
    answer = failure(throttled(7))
    assert answer.status == 429
    assert answer.headers == {"x-amzn-ErrorType": "ThrottlingException", "Retry-After": "7"}
    assert "retryAfterSeconds" not in json.loads(answer.body)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ConflictException", 409),
        ("ServiceQuotaExceededException", 402),
        ("ResourceNotFoundException", 404),
        ("UninitializedAccountException", 400),
        ("ExpiredTokenException", 403),
    ],
)
def test_errors_have_the_status_that_the_model_gives_them(code: str, status: int) -> None:
    assert error_status(code) == status


def test_operations_are_found_by_method_and_path() -> None:
    found = find("DELETE", "/tags/arn%3Aaws%3Adrs%3A%3A%3Ajob%2Fx")
    assert found is not None
    assert found[0].name == "UntagResource"
    assert find("GET", "/DescribeJobs") is None


def credential(scope: str) -> str:
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def test_the_caller_is_known_by_key_region_and_application() -> None:
    found = caller(
        credential("AKIA0123456789/20260301/eu-west-1/drs/aws4_request"),
        "Boto3/1.43 md/Botocore#1.43 app/breakwater-engine",
    )
    assert (found.access_key, found.region) == ("AKIA0123456789", "eu-west-1")
    assert found.application == "breakwater-engine"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "MissingAuthenticationTokenException"),
        ("", "MissingAuthenticationTokenException"),
        ("Bearer something", "IncompleteSignatureException"),
        (credential("AKIA/20260301/eu-west-1"), "IncompleteSignatureException"),
        (credential("AKIA/20260301/eu-west-1/ec2/aws4_request"), "SignatureDoesNotMatch"),
    ],
)
def test_a_request_without_a_usable_signature_is_refused(header: str | None, code: str) -> None:
    with pytest.raises(ServiceError) as refused:
        caller(header, None)
    assert refused.value.name == code
    assert error_status(code) == 403


def walk(items: list[int], size: int, *, newest_first: bool) -> list[int]:
    found: list[int] = []
    params: dict[str, Any] = {"maxResults": size}
    while True:
        chosen, rest = page(
            items, lambda item: item, question=("q",), params=params, newest_first=newest_first
        )
        assert len(chosen) <= size
        found += chosen
        if not rest:
            return found
        params["nextToken"] = rest["nextToken"]


@given(numbers=st.sets(st.integers()), size=st.integers(1, 10), newest_first=st.booleans())
def test_pages_hold_every_item_once_and_in_order(
    *, numbers: set[int], size: int, newest_first: bool
) -> None:
    items = sorted(numbers)
    expected = items[::-1] if newest_first else items
    assert walk(items, size, newest_first=newest_first) == expected


def test_what_is_added_between_two_pages_neither_repeats_nor_hides_an_item() -> None:
    first, rest = page([1, 2, 3], int, question=(), params={"maxResults": 2}, newest_first=True)
    second, _ = page(
        [1, 2, 3, 4], int, question=(), params={"maxResults": 2, **rest}, newest_first=True
    )
    assert first + second == [3, 2, 1]


@pytest.mark.parametrize("token", ["", "nonsense", "MS4=", "ü", "x" * 2000])
def test_a_token_that_was_never_given_is_refused(token: str) -> None:
    with pytest.raises(ServiceError) as refused:
        page([1, 2], int, question=(), params={"nextToken": token})
    assert refused.value.name == "ValidationException"


def test_a_token_fits_the_question_that_it_was_given_for_only() -> None:
    _, rest = page([1, 2], int, question=("account",), params={"maxResults": 1})
    with pytest.raises(ServiceError):
        page([1, 2], int, question=("another",), params={"maxResults": 1, **rest})
    with pytest.raises(ServiceError):
        page([1, 2], int, question=("account",), params={"filters": {"a": 1}, **rest})
