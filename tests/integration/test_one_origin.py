"""The page and the API at one address, as a browser meets them: through CloudFront's local name."""

import json
from collections.abc import Iterator

import pytest

from breakwater import contract
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import Site, sign_in
from breakwater_local.sample_people import PASSWORD, PEOPLE, Person, invite_sample_people
from tests.integration.asked import asked
from tests.integration.deployed import api_outputs, resources
from tests.integration.portal import ask
from tests.integration.waiting import until

PAGE = "<!doctype html><title>the page</title>"
SCRIPT = "console.log('the page')"


@pytest.fixture(scope="module")
def outputs(aws: Emulator) -> dict[str, str]:
    return api_outputs(aws)


@pytest.fixture(scope="module")
def page(aws: Emulator) -> Iterator[str]:
    """The bucket, with a page in it."""
    [bucket] = resources(aws, "api", "AWS::S3::Bucket").values()
    s3 = aws.client("s3")
    files = {"index.html": (PAGE, "text/html"), "assets/page.js": (SCRIPT, "text/javascript")}
    for key, (body, kind) in files.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind)
    yield bucket
    for key in files:
        s3.delete_object(Bucket=bucket, Key=key)


def test_health_answers_without_a_token(outputs: dict[str, str]) -> None:
    """Ready, once each table was described within the two seconds that it waits for it."""
    until(lambda: ask(outputs, "/api/health").json["status"] == "ready", every=2)


def test_who_is_not_signed_in_is_refused(outputs: dict[str, str]) -> None:
    assert ask(outputs, "/api/me").status == 401
    assert ask(outputs, "/api/me", headers={"Authorization": "Bearer no.such.token"}).status == 401


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.role.value)
def test_who_signed_in_at_the_portal_is_known(
    aws: Emulator, outputs: dict[str, str], person: Person
) -> None:
    """Sign-in leads back to the portal's address, and its token passes the distribution."""
    invite_sample_people(aws, outputs[contract.USER_POOL_OUTPUT])
    site = Site(aws, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
    token = sign_in(site, person.address, PASSWORD)["id_token"]
    answer = ask(outputs, "/api/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200, answer.text
    assert person.role.value in answer.text


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/workflows", "/workflows/custom.billing.7", "/executions/a/steps?x=1.2"],
)
def test_an_address_of_the_page_gets_the_page(outputs: dict[str, str], path: str) -> None:
    answer = ask(outputs, path)
    assert (answer.status, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html"


@pytest.mark.usefixtures("page")
def test_a_file_is_itself_and_one_that_is_missing_is_no_page(outputs: dict[str, str]) -> None:
    assert ask(outputs, "/assets/page.js").text == SCRIPT
    missing = ask(outputs, "/assets/none.js")
    assert missing.status == 403  # S3's word for it, to those who may not list
    assert PAGE not in missing.text


@pytest.mark.usefixtures("page")
def test_an_error_of_the_api_stays_the_apis(outputs: dict[str, str]) -> None:
    answer = ask(outputs, "/api/no/such/thing")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text)


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("path", ["/", "/api/health", "/api/me"])
def test_every_answer_tells_browsers_to_be_careful(outputs: dict[str, str], path: str) -> None:
    headers = ask(outputs, path).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/api/health", "/"])
def test_no_other_origin_is_let_in(outputs: dict[str, str], path: str) -> None:
    asked = {"Origin": "https://elsewhere.example.com", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS"):
        headers = ask(outputs, path, method, asked).headers
        assert not [name for name in headers if name.startswith("access-control-")]


def test_the_bucket_itself_is_closed(aws: Emulator, page: str) -> None:
    assert asked("GET", f"{aws.endpoint}/{page}/index.html").status == 403
