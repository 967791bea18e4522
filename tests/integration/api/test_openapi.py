"""The API answers as its OpenAPI document says, whatever schemathesis asks as a commander.

The same requests every time. What gateway and sign-in answer by themselves is in `test_roles`.
"""

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi import checks

from breakwater.contract import Role
from tests.conftest import CHECKOUT
from tests.integration.api.conftest import Api

DOCUMENT: Path = CHECKOUT / "docs" / "api" / "openapi.json"
EXAMPLES = 3
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]

schema = schemathesis.openapi.from_path(DOCUMENT)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_knows(case: Case[Any], api: Api) -> None:
    host = api.url.removeprefix("http://").partition("/")[0]
    _, _, port = host.partition(":")
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{port}/api",
        headers={"Host": host, "Authorization": f"Bearer {api.tokens[Role.COMMANDER]}"},
        checks=CHECKS,
    )
