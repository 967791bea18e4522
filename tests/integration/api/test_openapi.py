"""The API answers as its OpenAPI document says, whatever schemathesis asks as a commander.

The same requests every time: about a thousand, which try each field at its limits, on the functions
in this process; and a few through the gateway. What sign-in answers by itself is in `test_roles`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, Response
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi import checks

from breakwater import contract
from breakwater.contract import Role
from breakwater_local.emulator import Emulator
from tests.conftest import CHECKOUT
from tests.integration.api.conftest import Api
from tests.integration.api.in_process import Functions, functions
from tests.integration.waiting import found_no_room, until

DOCUMENT: Path = CHECKOUT / "docs" / "api" / "openapi.json"
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EVERY_TIME = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

schema = schemathesis.openapi.from_path(DOCUMENT)
of_functions = schema.exclude(path=contract.HEALTH_PATH)


@pytest.fixture(scope="module")
def ours(aws: Emulator) -> Iterator[Functions]:
    with functions(aws) as in_process:
        yield in_process


@of_functions.parametrize()
@settings(EVERY_TIME, phases=[Phase.explicit, Phase.generate])
def test_every_answer_is_one_that_the_document_knows(case: Case[Any], ours: Functions) -> None:
    sent = case.as_transport_kwargs(base_url="http://localhost/api")
    for irrelevant in ("timeout", "verify", "cert", "proxies", "allow_redirects", "stream"):
        sent.pop(irrelevant, None)
    answer = ours.send(requests.Request(**sent).prepare())
    case.validate_response(answer, checks=CHECKS)


@schema.parametrize()
@settings(EVERY_TIME, phases=[Phase.generate])
def test_so_it_is_through_the_gateway(case: Case[Any], api: Api) -> None:
    host = api.url.removeprefix("http://").partition("/")[0]
    _, _, port = host.partition(":")
    headers = {"Host": host, "Authorization": f"Bearer {api.tokens[Role.COMMANDER]}"}
    answers: list[Response] = []

    def answered() -> bool:
        answers[:] = [case.call(base_url=f"http://127.0.0.1:{port}/api", headers=headers)]
        return not found_no_room(answers[0].status_code, answers[0].text)

    until(answered)
    case.validate_response(answers[0], checks=CHECKS)
