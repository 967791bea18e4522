"""The operations API as a program uses it: signed in as a person, JSON in, JSON out.

A token that has expired is replaced, a request that got no answer is sent again with the same
Idempotency-Key. What the API refuses is raised as it said it.
"""

import http.client
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from breakwater_local.managed_login import Site, sign_in
from breakwater_local.problem import Problem
from breakwater_local.sample_people import PASSWORD, Person

TRIES = 5
PAUSE_SECONDS = 0.5  # after the first; each time twice as long
_PATIENCE_SECONDS = 35.0  # the HTTP API itself gives up after 30
_COME_AGAIN = frozenset({429, 502, 503, 504})


class Refused(Problem):
    """The API said no, in its own words; `status` and `details` are for programs."""

    def __init__(self, status: int, message: str, details: Any, remedy: str) -> None:
        super().__init__("\n    ".join([message, *_places(details)]), remedy)
        self.status = status
        self.details = details


class Unanswered(Problem):
    """Nothing came back: whether the request was carried out is not known."""


class Operations:
    """What one person may do."""

    def __init__(self, site: Site, url: str, person: Person) -> None:
        """
        :param url: where the API answers, an output of the api stack.
        """
        self._site = site
        self._url = url
        self._person = person
        self._token: str | None = None

    def get(self, path: str, **question: str) -> Any:
        """What is there."""
        query = f"?{urlencode(question)}" if question else ""
        return json.loads(self._answer("GET", path + query))

    def page(self, path: str) -> str:
        """The same for people: HTML."""
        return self._answer("GET", path, {"Accept": "text/html"})

    def every(self, path: str, **question: str) -> Iterator[Any]:
        """The items of a list, page by page."""
        cursor: str | None = None
        while True:
            asked = {**question, **({"cursor": cursor} if cursor else {})}
            page = self.get(path, **asked)
            yield from page["items"]
            cursor = page["nextCursor"]
            if not cursor:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Do it, once, however often it must be sent."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return json.loads(self._answer("POST", path, key, json.dumps(body)))

    def _answer(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> str:
        for number in range(TRIES):
            tries_left, pause = TRIES - 1 - number, PAUSE_SECONDS * 2**number
            try:
                status, text = self._ask(method, path, headers or {}, body)
            except (OSError, http.client.HTTPException) as error:
                if not tries_left:
                    raise Unanswered(
                        f"The operations API does not answer: {error!r}.", "See: make status"
                    ) from error
                time.sleep(pause)
                continue
            if status < 300:
                return text
            if not tries_left or status not in {401, *_COME_AGAIN}:
                raise _refusal(status, text)
            if status == 401:
                self._token = None
            else:
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str
    ) -> tuple[int, str]:
        if self._token is None:
            self._token = sign_in(self._site, self._person.address, PASSWORD)["id_token"]
        parts = urlsplit(self._url + path)
        sent = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._token}",
            **headers,
        }
        # Names below .localhost are this machine, but few resolvers know.
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=_PATIENCE_SECONDS)
        try:
            query = f"?{parts.query}" if parts.query else ""
            connection.request(method, parts.path + query, body=body or None, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def _refusal(status: int, text: str) -> Refused:
    try:
        error = json.loads(text)["error"]
        message, details = str(error["message"]), error["details"]
    except (ValueError, KeyError, TypeError):
        message, details = text[:500].strip() or "no word of why", None  # the gateway's own
    remedy = "Sign-in, roles and refusals: docs/api.md"
    return Refused(status, f"The operations API answered {status}: {message}", details, remedy)


def _places(details: Any) -> Iterator[str]:
    """Where in the request the problems are, as far as the API says so."""
    for one in details if isinstance(details, list) else []:
        if isinstance(one, dict) and one.get("problem"):
            yield f"{one.get('place') or 'request'}: {one['problem']}"
