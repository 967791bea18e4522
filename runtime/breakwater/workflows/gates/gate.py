"""A pause gate: who wants an execution held, and what waits for an answer.

An execution that arrives is let through at once, unless somebody wants it held. Then its token is
kept here and nowhere else until somebody resumes it. Arriving and resuming meet on one item, the
flag: whoever arrives sees it up and is found by whoever takes it down, or sees it down and passes.

The answer is always `{}`: the state gives on what it was given, so nothing of it is kept here.

Whoever wants to know is told when it holds something and when it lets go; each word names the pause
that it is about, so it does not matter in which order the words come. That a word could not be told
keeps nobody at the gate, and nobody from it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
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
    """Somebody wants this execution held, or wanted it."""

    by: str
    at: str
    reason: str
    is_up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An execution at the gate. Its token is for the answer only."""

    key: str
    gate: str
    """The state's name."""

    since: str
    until: str
    token: str
    asked_at: str
    """Of the flag that it is held for."""


class GateItems(Protocol):
    """Where flags and waiting executions are kept."""

    def flag(self, execution_arn: str) -> Flag | None:
        """The flag, up or down; None if it never was up."""

    def waiting(self, execution_arn: str) -> Sequence[Waiting]:
        """What waits, the oldest first."""

    def raise_flag(self, execution_arn: str, flag: Flag, expires: datetime) -> bool:
        """False if it is up already."""

    def lower_flag(self, execution_arn: str) -> bool:
        """False if it was down."""

    def hold(self, execution_arn: str, one: Waiting, expires: datetime) -> bool:
        """Keep it if the flag that it names is up, in one step; False if it is not."""

    def forget(self, execution_arn: str, one: Waiting) -> None:
        """It is answered."""


Tell = Callable[[str, Mapping[str, Any]], None]
"""Of an execution: isHeld, askedAt, and of one that is held gate, since and until."""


class PauseGate:
    """The gate of one state machine, or of several."""

    def __init__(
        self,
        items: GateItems,
        answer: Callable[[str, str], None],
        *,
        tell: Tell,
        seconds: int,
        clock: Callable[[], datetime],
    ) -> None:
        """
        :param tell: whoever wants to know; it does not raise.
        :param answer: SendTaskSuccess with token and output; of a token that nobody waits for any
            more, nothing.
        :param seconds: how long Step Functions waits at the gate.
        """
        self._items = items
        self._answer = answer
        self._tell = tell
        self._seconds = seconds
        self._clock = clock

    def arrive(self, execution_arn: str, gate: str, token: str) -> None:
        """An execution is here: through, or held."""
        while (flag := self._items.flag(execution_arn)) is not None and flag.is_up:
            now = self._clock()
            until = now + timedelta(seconds=self._seconds)
            one = Waiting(
                key=hashlib.sha256(token.encode()).hexdigest()[:16],
                gate=gate,
                since=iso(now),
                until=iso(until),
                token=token,
                asked_at=flag.at,
            )
            if self._items.hold(execution_arn, one, until + timedelta(days=1)):
                self._tell(execution_arn, _held(one))
                return
            # That pause is over by now; perhaps there is a next.
        self._answer(token, ANSWER)

    def pause(self, execution_arn: str, by: str, reason: str) -> dict[str, Any]:
        """Hold it when it arrives; Refused if that is wanted already."""
        now = self._clock()
        flag = Flag(by=by, at=iso(now), reason=reason)
        if not self._items.raise_flag(execution_arn, flag, now + timedelta(days=KEPT_DAYS)):
            up = self._items.flag(execution_arn)
            who = f" by {up.by} at {up.at}: {up.reason}" if up and up.is_up else ""
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
        if held:  # told first: what is answered may end before anybody hears of it
            self._tell(execution_arn, _let_go(max(one.asked_at for one in held)))
        for one in held:
            self._answer(one.token, ANSWER)
            self._items.forget(execution_arn, one)
        return {**self.look(execution_arn), "answered": [one.gate for one in held]}

    def look(self, execution_arn: str) -> dict[str, Any]:
        """How it stands; a token is never in it."""
        flag, held = self._items.flag(execution_arn), self._open(execution_arn)
        is_up = flag is not None and flag.is_up
        asked = {"by": flag.by, "at": flag.at, "reason": flag.reason} if flag and is_up else None
        waiting = [{"gate": one.gate, "since": one.since, "until": one.until} for one in held]
        keys = "\n".join(sorted(one.key for one in held))
        return {
            "asked": asked,
            "waiting": waiting,
            "answer": ANSWER,
            "digest": hashlib.sha256(keys.encode()).hexdigest()[:32],
        }

    def look_and_tell(self, execution_arn: str) -> dict[str, Any]:
        """The same; and what was told of it before is told again, should a word have been lost."""
        flag, held = self._items.flag(execution_arn), self._open(execution_arn)
        if held:
            self._tell(execution_arn, _held(held[-1]))
        elif flag is not None and not flag.is_up:
            self._tell(execution_arn, _let_go(flag.at))
        return self.look(execution_arn)

    def _open(self, execution_arn: str) -> list[Waiting]:
        """Those for which Step Functions still waits."""
        now = iso(self._clock())
        return [one for one in self._items.waiting(execution_arn) if one.until > now]


def _held(one: Waiting) -> dict[str, Any]:
    return {
        "isHeld": True,
        "askedAt": one.asked_at,
        "gate": one.gate,
        "since": one.since,
        "until": one.until,
    }


def _let_go(asked_at: str) -> dict[str, Any]:
    return {"isHeld": False, "askedAt": asked_at}
