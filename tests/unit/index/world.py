"""A Step Functions of our own, in which time can be chosen: what is true, and who says it when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.index.observation import Observation, Source
from breakwater.index.step_functions import Page, TooFast

START = datetime(2026, 11, 20, tzinfo=UTC)
ACCOUNT = "arn:aws:states:eu-west-1:111122223333"
PAGE = 1  # so that every list has several


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """From a start or redrive to an end; `ended` None: it never ends."""

    began: datetime
    ended: datetime | None = None
    status: str = "RUNNING"


@dataclass(frozen=True, kw_only=True)
class Life:
    """A whole execution."""

    machine: str
    name: str
    attempts: Sequence[Attempt]
    input: dict[str, Any] = field(default_factory=dict)
    deleted: datetime | None = None

    @property
    def machine_arn(self) -> str:
        return f"{ACCOUNT}:stateMachine:{self.machine}"

    @property
    def arn(self) -> str:
        return f"{ACCOUNT}:execution:{self.machine}:{self.name}"

    def at(self, now: datetime) -> tuple[int, Attempt] | None:
        """Which attempt it is in, and how far that is; None before it began, or after it went."""
        begun = [(n, a) for n, a in enumerate(self.attempts) if a.began <= now]
        if not begun or (self.deleted and now >= self.deleted):
            return None
        number, attempt = begun[-1]
        if attempt.ended and attempt.ended <= now:
            return number, attempt
        return number, Attempt(began=attempt.began)

    def events(self, *, counted: bool) -> list[tuple[datetime, dict[str, Any]]]:
        """Every event that EventBridge would be told, with its moment."""
        told = []
        for number, attempt in enumerate(self.attempts):
            told.append((attempt.began, self._event(number, attempt, None, counted)))
            if attempt.ended:
                told.append((attempt.ended, self._event(number, attempt, attempt.ended, counted)))
        return told

    def _event(
        self, number: int, attempt: Attempt, ended: datetime | None, counted: bool
    ) -> dict[str, Any]:
        moment = ended or attempt.began
        detail: dict[str, Any] = {
            "executionArn": self.arn,
            "stateMachineArn": self.machine_arn,
            "name": self.name,
            "status": attempt.status if ended else "RUNNING",
            "startDate": ms(self.attempts[0].began),
            "stopDate": ms(ended) if ended else None,
            "input": json.dumps(self.input),
        }
        if counted:
            detail["redriveCount"] = number
            detail["redriveDate"] = ms(attempt.began) if number else None
        if ended and attempt.status == "FAILED":
            detail |= {"error": "Boom", "cause": "it went wrong"}
        return {
            "detail-type": "Step Functions Execution Status Change",
            "time": moment.replace(microsecond=0).isoformat(),
            "detail": detail,
        }


class World:
    """Step Functions, asked at a moment. Speaks as the adapter does."""

    def __init__(self, lives: Sequence[Life], tags: dict[str, dict[str, str]]) -> None:
        self.lives = {life.arn: life for life in lives}
        self.machine_tags = tags
        self.now = START
        self.throttled = False
        self.by_stop = True
        """Order of lists: by the latest of start and stop, or by start alone."""

    def clock(self) -> datetime:
        return self.now

    def describe(self, execution_arn: str) -> Observation | None:
        life = self.lives[execution_arn]
        return self._seen(life, Source.DESCRIBE) if life.at(self.now) else None

    def machines(self) -> list[str]:
        return sorted({life.machine_arn for life in self.lives.values()})

    def executions(
        self, state_machine_arn: str, *, status: str | None = None, token: str | None = None
    ) -> Page:
        seen = [
            self._seen(life, Source.LIST)
            for life in self.lives.values()
            if life.machine_arn == state_machine_arn and life.at(self.now)
        ]
        seen = [one for one in seen if status is None or one.status == status]
        seen.sort(key=self._order, reverse=True)
        begin = int(token or 0)
        page = seen[begin : begin + PAGE]
        more = begin + PAGE < len(seen)
        return Page(executions=page, next_token=str(begin + PAGE) if more else None)

    def tags(self, state_machine_arn: str) -> dict[str, str]:
        if self.throttled:
            raise TooFast("ListTagsForResource is throttled")
        return self.machine_tags.get(state_machine_arn.rsplit(":", 1)[1], {})

    def _order(self, one: Observation) -> tuple[datetime, str]:
        moment = one.stopped or one.started if self.by_stop else one.started
        return moment, one.execution_arn

    def _seen(self, life: Life, source: Source) -> Observation:
        found = life.at(self.now)
        assert found
        number, attempt = found
        described = source is Source.DESCRIBE
        failed = described and attempt.status == "FAILED"
        return Observation(
            execution_arn=life.arn,
            state_machine_arn=life.machine_arn,
            name=life.name,
            status=attempt.status,
            started=life.attempts[0].began,
            stopped=attempt.ended,
            redrive_count=number,
            redriven=attempt.began if number else None,
            error="Boom" if failed else None,
            cause="it went wrong" if failed else None,
            input=json.dumps(life.input) if described else None,
            source=source,
            at=self.now,
        )


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def minutes(number: float) -> timedelta:
    return timedelta(milliseconds=round(number * 60_000))
