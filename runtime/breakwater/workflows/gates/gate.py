"""A pause gate: who wants an execution held, and what waits for an answer.

An execution that arrives is let through at once, unless somebody wants it held. Then its token is
kept here and nowhere else until somebody resumes it. Arriving and resuming meet on one item, the
flag: whoever arrives sees it up and is found by whoever takes it down, or sees it down and passes.

The answer is always `{}`: the state gives on what it was given, so nothing of it is kept here.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from breakwater.platform.clock import iso

ANSWER = "{}"
KEPT_DAYS = 400
"""An execution can last a year; a flag nobody took down goes after it."""


class Refused(Exception):
    """It is not possible now; the message says why, and what is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Somebody wants this execution held."""

    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An execution at the gate. Its token is for the answer only."""

    key: str
    gate: str
    """The state's name."""

    since: str
    until: str
    token: str


class GateItems(Protocol):
    """Where flags and waiting executions are kept."""

    def flag(self, execution_arn: str) -> Flag | None:
        """The flag, if it is up."""

    def waiting(self, execution_arn: str) -> Sequence[Waiting]:
        """What waits, the oldest first."""

    def raise_flag(self, execution_arn: str, flag: Flag, expires: datetime) -> bool:
        """False if it is up already."""

    def lower_flag(self, execution_arn: str) -> bool:
        """False if it was down."""

    def hold(self, execution_arn: str, one: Waiting, expires: datetime) -> bool:
        """Keep it if the flag is up, in one step; False if it is down."""

    def forget(self, execution_arn: str, one: Waiting) -> None:
        """It is answered."""


class PauseGate:
    """The gate of one state machine, or of several."""

    def __init__(
        self,
        items: GateItems,
        answer: Callable[[str, str], None],
        *,
        seconds: int,
        clock: Callable[[], datetime],
    ) -> None:
        """
        :param answer: SendTaskSuccess with token and output; of a token that nobody waits for any
            more, nothing.
        :param seconds: how long Step Functions waits at the gate.
        """
        self._items = items
        self._answer = answer
        self._seconds = seconds
        self._clock = clock

    def arrive(self, execution_arn: str, gate: str, token: str) -> None:
        """An execution is here: through, or held."""
        now = self._clock()
        until = now + timedelta(seconds=self._seconds)
        one = Waiting(
            key=hashlib.sha256(token.encode()).hexdigest()[:16],
            gate=gate,
            since=iso(now),
            until=iso(until),
            token=token,
        )
        if not self._items.hold(execution_arn, one, until + timedelta(days=1)):
            self._answer(token, ANSWER)

    def pause(self, execution_arn: str, by: str, reason: str) -> dict[str, Any]:
        """Hold it when it arrives; Refused if that is wanted already."""
        now = self._clock()
        flag = Flag(by=by, at=iso(now), reason=reason)
        if not self._items.raise_flag(execution_arn, flag, now + timedelta(days=KEPT_DAYS)):
            up = self._items.flag(execution_arn)
            who = f" by {up.by} at {up.at}: {up.reason}" if up else ""
            raise Refused(f"A pause was asked for already{who}")
        return self.look(execution_arn)

    def resume(self, execution_arn: str, digest: str | None = None) -> dict[str, Any]:
        """Take the flag down, then answer everything that waits.

        :param digest: of what somebody was shown; Refused if something else waits by now.
        """
        before = self.look(execution_arn)
        if digest is not None and digest != before["digest"]:
            raise Refused("Something else waits at the gate by now than what was shown: look again")
        was_up = self._items.lower_flag(execution_arn)
        # Only now: what arrives from here on passes.
        held = self._open(execution_arn)
        if not was_up and not held:
            raise Refused("It is not held at its gate, and nobody asked for a pause")
        for one in held:
            self._answer(one.token, ANSWER)
            self._items.forget(execution_arn, one)
        return {**self.look(execution_arn), "answered": [one.gate for one in held]}

    def look(self, execution_arn: str) -> dict[str, Any]:
        """How it stands; a token is never in it."""
        flag, held = self._items.flag(execution_arn), self._open(execution_arn)
        asked = {"by": flag.by, "at": flag.at, "reason": flag.reason} if flag else None
        waiting = [{"gate": one.gate, "since": one.since, "until": one.until} for one in held]
        keys = "\n".join(sorted(one.key for one in held))
        return {
            "asked": asked,
            "waiting": waiting,
            "answer": ANSWER,
            "digest": hashlib.sha256(keys.encode()).hexdigest()[:32],
        }

    def _open(self, execution_arn: str) -> list[Waiting]:
        """Those for which Step Functions still waits."""
        now = iso(self._clock())
        return [one for one in self._items.waiting(execution_arn) if one.until > now]
