"""Asks the API for tickets, for programs: with the ID token of somebody who is signed in."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 35.0  # the HTTP API itself gives up after 30


class TicketRefused(Exception):
    """The API gives no ticket; the message is its own. Asking again does not help."""


class NotAnAddress(ValueError):
    """Nothing can answer there."""


class NoAnswer(Exception):
    """The API did not answer, or not now: worth asking again."""


class TicketRequest:
    """`POST /live/ticket`."""

    def __init__(self, api_url: str, token: str) -> None:
        """
        :param api_url: where the API answers: the output `ApiUrl` of the api stack, or the portal's
            address and `api`.
        :param token: an ID token.
        """
        self._parts = urlsplit(f"{api_url.rstrip('/')}/live/ticket")
        if self._parts.scheme not in ("https", "http") or not self._parts.hostname:
            raise NotAnAddress(
                f"{api_url!r} is no address of an API: it looks like https://…/api, as the output "
                "ApiUrl of the api stack says."
            )
        self._token = token

    def __call__(self) -> dict[str, Any]:
        """A ticket, and what goes with it."""
        try:
            status, text = self._post()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{self._parts.netloc} does not answer: {error!r}") from error
        if status in (429, 500, 502, 503, 504):
            raise NoAnswer(f"{self._parts.netloc} answered {status}")
        if status == 401:
            raise TicketRefused(
                f"The API answered 401: {_message(text)}. The sign-in has ended, or the token is "
                "no ID token of this deployment: sign in again, and take a new one."
            )
        if status != 201:
            raise TicketRefused(f"The API answered {status}: {_message(text)}")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _post(self) -> tuple[int, str]:
        kind = (
            http.client.HTTPSConnection
            if self._parts.scheme == "https"
            else http.client.HTTPConnection
        )
        host = self._parts.hostname or ""
        # Names below .localhost are this machine, but few resolvers know.
        place = "127.0.0.1" if host.endswith(".localhost") else host
        connection = kind(place, self._parts.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(
                "POST",
                self._parts.path,
                headers={"Host": self._parts.netloc, "Authorization": f"Bearer {self._token}"},
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def _message(text: str) -> str:
    try:
        answer = json.loads(text)
        return str(answer["error"]["message"] if "error" in answer else answer["message"])
    except (ValueError, KeyError, TypeError):
        return text[:300].strip() or "no word of why"  # the gateway's own
