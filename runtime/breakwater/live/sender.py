"""Posts frames to connections, all at the same time, none of them waited for long.

A connection that is gone is forgotten. One that did not take its frames in time is left out for
some seconds: it misses nothing, because its next ping, or the gap that it sees, brings what it
lacks. Where API Gateway takes no more posts at this moment, they are tried again shortly.
Calls PostToConnection and DeleteConnection.
"""

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.live.frames import bye

if TYPE_CHECKING:
    from types_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

AT_ONCE = 32
IMPATIENCE = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"total_max_attempts": 1},
    max_pool_connections=AT_ONCE,
)
LEFT_OUT_SECONDS = 10.0
LONGEST_SECONDS = 2.0
"""For all frames of one connection, from when the first is posted."""

_AGAIN_SECONDS = 0.1

_GONE = frozenset({"GoneException", "410"})
_TOO_MANY = frozenset({"LimitExceededException", "TooManyRequestsException", "429"})

logger = Logger(child=True)


class TooSlow(Exception):
    """A connection takes its frames, but one after the other for too long."""


class Sender:
    """Whoever posts. One for each copy of a function."""

    def __init__(
        self,
        client: "ApiGatewayManagementApiClient | Any",
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """
        :param client: made with IMPATIENCE, for the address of the WebSocket API.
        """
        self._client = client
        self._clock = clock
        self._pause = pause
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._left_out: dict[str, float] = {}

    def send(self, messages: Mapping[str, Sequence[str]]) -> list[str]:
        """Connection → what it is told, in this order; those that are gone."""
        now = self._clock()
        self._left_out = {one: until for one, until in self._left_out.items() if until > now}
        due = [(one, texts) for one, texts in messages.items() if one not in self._left_out]
        return [one for one, there in self._pool.map(self._post, due) if not there]

    def answer(self, connection_id: str, texts: Sequence[str]) -> bool:
        """To somebody who has just spoken, and so is there and listens; False if it is gone."""
        self._left_out.pop(connection_id, None)
        _, there = self._post((connection_id, texts), math.inf)
        return there

    def end(self, connection_id: str, reason: str) -> None:
        """Say why, and close the connection."""
        _, there = self._post((connection_id, [bye(reason)]))
        if not there:
            return
        try:
            self._client.delete_connection(ConnectionId=connection_id)
        except ClientError as error:
            if _code(error) not in _GONE:
                raise

    def _post(
        self, due: tuple[str, Sequence[str]], longest: float = LONGEST_SECONDS
    ) -> tuple[str, bool]:
        connection_id, texts = due
        until = self._clock() + longest
        try:
            for text in texts:
                if self._clock() >= until:
                    raise TooSlow(f"{longest} s")
                self._post_one(connection_id, text, until)
        except ClientError as error:
            if _code(error) in _GONE:
                return connection_id, False
            self._leave_out(connection_id, error)
        except (BotoCoreError, TooSlow) as error:
            self._leave_out(connection_id, error)
        return connection_id, True

    def _post_one(self, connection_id: str, text: str, until: float) -> None:
        wait = _AGAIN_SECONDS
        while True:
            try:
                self._client.post_to_connection(ConnectionId=connection_id, Data=text.encode())
                return
            except ClientError as error:
                again = _code(error) in _TOO_MANY and wait < LONGEST_SECONDS
                if not again or self._clock() + wait >= until:
                    raise
            self._pause(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries
            wait *= 2

    def _leave_out(self, connection_id: str, error: Exception) -> None:
        logger.warning(
            "A connection took no frame in time; it asks for it when it can",
            extra={"connectionId": connection_id, "reason": f"{type(error).__name__}: {error}"},
        )
        self._left_out[connection_id] = self._clock() + LEFT_OUT_SECONDS


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
