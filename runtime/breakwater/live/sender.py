"""Posts frames to connections, all at the same time, none of them waited for long.

A connection that is gone is forgotten. One that did not take its frames in time is told of, for
somebody else to post them once more (second_posts), and left out meanwhile. Whoever was slow once
is posted to apart from then on, and hardly waited for: it delays nobody a second time. Where API
Gateway takes no more posts at this moment, or fails, they are tried again shortly.
Calls PostToConnection and DeleteConnection.
"""

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.live.frames import Frame, Reload, bye

if TYPE_CHECKING:
    from types_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

AT_ONCE = 32
DOUBTFUL_AT_ONCE = 16
IMPATIENCE = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"total_max_attempts": 1},
    max_pool_connections=AT_ONCE + DOUBTFUL_AT_ONCE,
)
LEFT_OUT_SECONDS = 5.0
LONGEST_SECONDS = 2.0
"""For all frames of one connection, from when the first is posted."""

BRIEFLY_SECONDS = 0.25
"""For those that were slow before, all together."""

_DOUBTED_SECONDS = 600.0
_AGAIN_SECONDS = 0.1

_GONE = frozenset({"GoneException", "410"})
_TOO_MANY = frozenset({"LimitExceededException", "TooManyRequestsException", "429"})
_SERVER_ERROR = 500

Late = Mapping[str, Mapping[str, int]]
"""Connection → topic → the cursor after which it may lack frames."""

logger = Logger(child=True)


class TooSlow(Exception):
    """A connection takes its frames, but one after the other for too long."""


class Outcome(Enum):
    """What became of the frames of a connection."""

    TAKEN = "taken"
    GONE = "gone"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Who did not take what was sent; all others did."""

    gone: list[str] = field(default_factory=list)
    late: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Doubt:
    """A connection that was slow."""

    until: float
    """So long it is left out."""

    topics: set[str] = field(default_factory=set)
    """Of which somebody posts what it lacks, once this time is over."""


class Sender:
    """Whoever posts. One for each copy of a function."""

    def __init__(
        self,
        client: "ApiGatewayManagementApiClient | Any",
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        apart: Executor | None = None,
        briefly: float = BRIEFLY_SECONDS,
    ) -> None:
        """
        :param client: made with IMPATIENCE, for the address of the WebSocket API.
        :param apart: posts to who was slow.
        :param briefly: so many seconds are they waited for.
        """
        self._client = client
        self._clock = clock
        self._pause = pause
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._apart = apart or ThreadPoolExecutor(DOUBTFUL_AT_ONCE)
        self._briefly = briefly
        self._doubts: dict[str, _Doubt] = {}

    def send(
        self, messages: Mapping[str, Sequence[Frame | Reload]], *, patiently: bool = False
    ) -> Sent:
        """Connection → what it is told, in this order; those that did not take it.

        :param patiently: nobody is left out, or hardly waited for.
        """
        self._forget_doubts()
        now = self._clock()
        sent = Sent()
        sure: dict[str, Future[Outcome]] = {}
        doubtful: dict[str, Future[Outcome]] = {}
        for one, frames in messages.items():
            doubt = None if patiently else self._doubts.get(one)
            if doubt is not None and now < doubt.until:
                self._note_late(sent, one, frames, doubt)
                continue
            pool, posts = (self._pool, sure) if doubt is None else (self._apart, doubtful)
            posts[one] = pool.submit(self._post, one, [frame.text for frame in frames])
        wait(sure.values())
        wait(doubtful.values(), timeout=self._briefly)
        for one, future in {**sure, **doubtful}.items():
            outcome = future.result() if future.done() else Outcome.LATE
            future.cancel()  # one that has not begun
            if outcome is not Outcome.LATE:
                self._doubts.pop(one, None)
                sent.gone.extend([one] if outcome is Outcome.GONE else [])
                continue
            doubt = self._doubts[one] = _Doubt(until=self._clock() + LEFT_OUT_SECONDS)
            self._note_late(sent, one, messages[one], doubt)
        return sent

    def _forget_doubts(self) -> None:
        past = self._clock() - _DOUBTED_SECONDS
        for one, doubt in list(self._doubts.items()):  # others may send at the same time
            if doubt.until <= past:
                self._doubts.pop(one, None)

    def answer(self, connection_id: str, texts: Sequence[str]) -> bool:
        """To somebody who has just spoken, and so is there and listens; False if it is gone."""
        self._doubts.pop(connection_id, None)
        return self._post(connection_id, texts, math.inf) is not Outcome.GONE

    def end(self, connection_id: str, reason: str) -> None:
        """Say why, and close the connection."""
        if self._post(connection_id, [bye(reason)]) is Outcome.GONE:
            return
        try:
            self._client.delete_connection(ConnectionId=connection_id)
        except ClientError as error:
            if _code(error) not in _GONE:
                raise

    def _note_late(
        self, sent: Sent, connection_id: str, frames: Sequence[Frame | Reload], doubt: _Doubt
    ) -> None:
        """Of each topic once while it is left out: whoever posts then posts all there is."""
        for frame in frames:
            if frame.topic not in doubt.topics:
                doubt.topics.add(frame.topic)
                sent.late.setdefault(connection_id, {})[frame.topic] = frame.cursor - 1

    def _post(
        self, connection_id: str, texts: Sequence[str], longest: float = LONGEST_SECONDS
    ) -> Outcome:
        until = self._clock() + longest
        try:
            for text in texts:
                if self._clock() >= until:
                    raise TooSlow(f"{longest} s")
                self._post_one(connection_id, text, until)
        except ClientError as error:
            return Outcome.GONE if _code(error) in _GONE else _late(connection_id, error)
        except (BotoCoreError, TooSlow) as error:
            return _late(connection_id, error)
        return Outcome.TAKEN

    def _post_one(self, connection_id: str, text: str, until: float) -> None:
        pause = _AGAIN_SECONDS
        while True:
            try:
                self._client.post_to_connection(ConnectionId=connection_id, Data=text.encode())
                return
            except ClientError as error:
                again = _is_passing(error) and pause < LONGEST_SECONDS
                if not again or self._clock() + pause >= until:
                    raise
            self._pause(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries
            pause *= 2


def _late(connection_id: str, error: Exception) -> Outcome:
    logger.warning(
        "A connection took no frame in time; it is posted to once more",
        extra={"connectionId": connection_id, "reason": f"{type(error).__name__}: {error}"},
    )
    return Outcome.LATE


def _is_passing(error: ClientError) -> bool:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return _code(error) in _TOO_MANY or status >= _SERVER_ERROR


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
