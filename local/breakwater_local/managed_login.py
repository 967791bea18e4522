"""Signs in as a browser does: managed login, authorization code, PKCE. Returns the tokens."""

import base64
import hashlib
import http.client
import json
import secrets
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from breakwater_local.emulator import Emulator
from breakwater_local.problem import Problem

SCOPES = "openid email profile"
_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Site:
    """Where and as which client one signs in."""

    aws: Emulator
    client_id: str
    callback: str


class LoginForm(HTMLParser):
    """The fields of the first form on a page, with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each tag of the page."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        if tag == "input" and given.get("name"):
            self.fields[given["name"]] = given.get("value", "")


def sign_in(site: Site, address: str, password: str) -> dict[str, Any]:
    """The tokens of this person; a Problem at the first step that a browser could not take."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    state = secrets.token_urlsafe(8)
    question = {
        "response_type": "code",
        "client_id": site.client_id,
        "redirect_uri": site.callback,
        "scope": SCOPES,
        "state": state,
        "code_challenge": challenge.rstrip("="),
        "code_challenge_method": "S256",
    }
    status, page, _ = request(site.aws, "GET", f"/oauth2/authorize?{urlencode(question)}")
    _require(status == 200, f"the login page answered {status}: {page[:300]}")
    form = LoginForm()
    form.feed(page)
    fields = {**form.fields, "username": address, "password": password}
    status, page, headers = request(site.aws, "POST", form.action, fields)
    _require(status == 302, f"{address} was not let in ({status})")
    came_back = urlsplit(headers["location"])
    place = f"{came_back.scheme}://{came_back.netloc}{came_back.path}"
    _require(place == site.callback, f"the login led to {place}, not to {site.callback}")
    answer = {name: values[0] for name, values in parse_qs(came_back.query).items()}
    _require(answer.get("state") == state, "the login answered somebody else's question")
    return exchange(site, answer["code"], verifier)


def exchange(site: Site, code: str, verifier: str) -> dict[str, Any]:
    """The tokens for a code; only with the verifier that its challenge was made of."""
    status, text, _ = request(
        site.aws,
        "POST",
        "/oauth2/token",
        {
            "grant_type": "authorization_code",
            "client_id": site.client_id,
            "redirect_uri": site.callback,
            "code": code,
            "code_verifier": verifier,
        },
    )
    _require(status == 200, f"no tokens were given for the code ({status})")
    tokens: dict[str, Any] = json.loads(text)
    return tokens


def request(
    aws: Emulator, method: str, path: str, form: dict[str, str] | None = None
) -> tuple[int, str, dict[str, str]]:
    """One request without following where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=_PATIENCE_SECONDS)
    try:
        body = urlencode(form) if form is not None else None
        headers = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, answer.read().decode(), told
    finally:
        connection.close()


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise Problem(
            f"Signing in did not work: {otherwise}.", "make verify ENV=local says what is not well."
        )
