"""Posts frames to connections, all at the same time, none of them waited for long.

A connection that is gone is forgotten. One that did not take a frame in time is left out for some
seconds: it misses nothing, because its next ping, or the gap that it sees, brings what it lacks.
Calls PostToConnection and DeleteConnection.
"""

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

logger = Logger(child=True)


class Sender:
    """Whoever posts. One for each copy of a function."""

    def __init__(
        self,
        client: "ApiGatewayManagementApiClient | Any",
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        :param client: made with IMPATIENCE, for the address of the WebSocket API.
        """
        self._client = client
        self._clock = clock
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._left_out: dict[str, float] = {}

    def send(self, messages: Mapping[str, Sequence[str]]) -> list[str]:
        """Connection → what it is told, in this order; those that are gone."""
        now = self._clock()
        self._left_out = {one: until for one, until in self._left_out.items() if until > now}
        due = [(one, texts) for one, texts in messages.items() if one not in self._left_out]
        return [one for one, there in self._pool.map(self._post, due) if not there]

    def end(self, connection_id: str, reason: str) -> None:
        """Say why, and close the connection."""
        _, there = self._post((connection_id, [bye(reason)]))
        if not there:
            return
        try:
            self._client.delete_connection(ConnectionId=connection_id)
        except ClientError as error:
            if not _is_gone(error):
                raise

    def _post(self, due: tuple[str, Sequence[str]]) -> tuple[str, bool]:
        connection_id, texts = due
        try:
            for text in texts:
                self._client.post_to_connection(ConnectionId=connection_id, Data=text.encode())
        except ClientError as error:
            if _is_gone(error):
                return connection_id, False
            self._leave_out(connection_id, error)
        except BotoCoreError as error:
            self._leave_out(connection_id, error)
        return connection_id, True

    def _leave_out(self, connection_id: str, error: Exception) -> None:
        logger.warning(
            "A connection took no frame in time; it asks for it when it can",
            extra={"connectionId": connection_id, "reason": f"{type(error).__name__}: {error}"},
        )
        self._left_out[connection_id] = self._clock() + LEFT_OUT_SECONDS


def _is_gone(error: ClientError) -> bool:
    code = error.response.get("Error", {}).get("Code")
    return code in ("GoneException", "410")
