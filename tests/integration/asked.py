"""One request to an address of the embedded AWS, as tests send it."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.integration.waiting import PATIENCE


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)

    @property
    def error(self) -> dict[str, Any]:
        """What is wrong, as every refusal of ours tells it."""
        error: dict[str, Any] = self.json["error"]
        assert error.keys() == {"code", "message", "details"}
        return error


def asked(
    method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """On loopback: Python can't resolve names below .localhost."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE)
    try:
        connection.request(
            method, parts.path + query, body=body, headers={"Host": parts.netloc, **(headers or {})}
        )
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, answer.read().decode(), told)
    finally:
        connection.close()
