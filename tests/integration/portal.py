"""How integration tests open the portal's address."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

from breakwater import contract


@dataclass(frozen=True)
class Answer:
    """What a browser would get; header names in lower case."""

    status: int
    headers: dict[str, str]
    text: str


def ask(
    outputs: dict[str, str], path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> Answer:
    """One request to the portal's address; on loopback, since Python can't resolve its name."""
    portal = urlsplit(outputs[contract.PORTAL_URL_OUTPUT])
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
    try:
        connection.request(method, path, headers={"Host": portal.netloc, **(headers or {})})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read().decode())
    finally:
        connection.close()
