"""A client of live updates, for programs: connects, stays connected, and loses nothing.

It needs the package `websockets`, which `make install` brings and the functions do not have.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from breakwater.live.inbox import Inbox, Received
from breakwater.live.ticket_request import NoAnswer

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_OPEN_SECONDS = 15.0
_LONGEST_PAUSE = 30.0
_LISTEN_SECONDS = 1.0
_PING_SECONDS = 60.0
"""A network that died says nothing: the server is asked more often than it needs it."""

_PONG_SECONDS = 15.0
"""Who says nothing for so long after a ping is not there any more."""

_STEADY_SECONDS = 30.0
"""A connection that lasted for less was none worth trusting: the next one waits longer."""


class NotInstalled(Exception):
    """The package that speaks WebSocket is not there."""

    def __init__(self) -> None:
        super().__init__("Listening needs the package `websockets`: make install, and use .venv.")


class NotAllowed(Exception):
    """The server does not follow what it was asked; the message says why."""


class SignInEnded(Exception):
    """Sign in again."""


class _SentAway(Exception):
    """The server closes the connection, or is silent; another may be made."""


def _nobody(_: str) -> None:
    """Is not told how the connection goes."""


class LiveClient:
    """Listens to some topics for as long as somebody takes what comes."""

    def __init__(
        self,
        topics: Sequence[str],
        ask_ticket: Callable[[], dict[str, Any]],
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        tell: Callable[[str], None] = _nobody,
    ) -> None:
        """
        :param ask_ticket: see ticket_request.
        :param tell: is told when nothing can be heard, why, and when it can again.
        """
        self._topics = list(topics)
        self._ask_ticket = ask_ticket
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._inbox = Inbox()
        self.connection: ClientConnection | None = None
        """The socket, while there is one."""

    @property
    def cursors(self) -> dict[str, int]:
        """How far each topic was followed; a topic is there once the server has said so."""
        return self._inbox.cursors

    def received(self) -> Iterator[Received | None]:
        """What comes, each once and in order; None about once a second, when nothing came.

        It connects anew whenever it must. Raises NotAllowed, SignInEnded and TicketRefused.
        """
        try:  # here, because the functions import this folder and do not have it
            from websockets.exceptions import (  # noqa: PLC0415
                ConnectionClosed,
                InvalidHandshake,
            )
        except ImportError as absent:
            raise NotInstalled from absent
        failures = 0
        while True:
            began = None
            try:
                told = self._ask_ticket()
                with self._connected(told) as socket:
                    began = self._clock()
                    if failures:
                        self._tell("listening again")
                    yield from self._listened(socket, told)
            except (
                *(NoAnswer, ConnectionClosed, InvalidHandshake),
                *(OSError, TimeoutError, _SentAway),
            ) as lost:
                if began is not None and self._clock() - began >= _STEADY_SECONDS:
                    failures = 0
                if began is not None or not failures:
                    self._tell(f"nothing can be heard ({lost}): trying again")
                wait = min(2 ** min(failures, 10) - 1, _LONGEST_PAUSE)
                self._pause(random.uniform(0.5, 1.0) * wait)  # noqa: S311 - spreads retries
                failures += 1
                yield None
            else:
                failures = 0

    def _connected(self, told: dict[str, Any]) -> "ClientConnection":
        from websockets.sync.client import connect  # noqa: PLC0415 - as above

        url = str(told["url"])
        here = url.startswith(("ws://localhost", "ws://127.0.0.1"))
        self.connection = connect(
            f"{url}?ticket={told['ticket']}",
            open_timeout=_OPEN_SECONDS,
            ping_interval=None,  # API Gateway answers none; ours are frames
            close_timeout=2,
            proxy=None if here else True,
        )
        return self.connection

    def _listened(
        self, socket: "ClientConnection", told: dict[str, Any]
    ) -> Iterator[Received | None]:
        """Until it is time to connect anew."""
        now = self._clock()
        every = min(float(told["pingSeconds"]), _PING_SECONDS)
        ping_at, reconnect_at = now + every, now + told["reconnectSeconds"]
        pinged_at: float | None = None
        self._subscribe(socket, self._topics)
        while (now := self._clock()) < reconnect_at:
            if pinged_at is not None and now >= pinged_at + _PONG_SECONDS:
                raise _SentAway("the server says nothing any more")
            if now >= ping_at:
                socket.send(json.dumps({"action": "ping", "cursors": self._inbox.cursors}))
                ping_at, pinged_at = now + every, pinged_at or now
            self._subscribe(socket, self._inbox.overdue(now))
            try:
                frame = _frame(socket.recv(timeout=_LISTEN_SECONDS))
            except TimeoutError:
                yield None
                continue
            pinged_at = None
            _require_no_refusal(frame)
            yield self._inbox.take(frame)

    def _subscribe(self, socket: "ClientConnection", topics: Sequence[str]) -> None:
        for start in range(0, len(topics), 10):
            wanted = self._inbox.wanted(topics[start : start + 10])
            socket.send(json.dumps({"action": "subscribe", "topics": wanted}))


def _frame(text: str | bytes) -> dict[str, Any]:
    """What the server says. API Gateway itself says other things when a function of ours failed:
    they mean that what was asked must be asked again, as silence does.
    """
    try:
        frame = json.loads(text)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def _require_no_refusal(frame: dict[str, Any]) -> None:
    kind, reason = frame.get("type"), frame.get("reason")
    if kind == "error":
        raise NotAllowed(f"{frame.get('code')}: {frame.get('message')}")
    if kind == "bye" and reason == "signInEnded":
        raise SignInEnded("The sign-in has ended: sign in again.")
    if kind == "bye":
        raise _SentAway(f"the server ended the connection: {reason}")
