"""Rows, profiles, and what a sweep speaks to, for the tests beside this file."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.index.row import Row
from breakwater.index.rows import Overtaken
from breakwater.platform.clock import iso
from breakwater.workflows.rollups.profile import MachineProfile, StepProfile
from breakwater.workflows.sla.alert import AlertKind, InState
from breakwater.workflows.sla.alert_message import AlertMessage, alert_message
from breakwater.workflows.sla.alert_sweep import AlertSweep, Swept

START = datetime(2026, 11, 20, 3, tzinfo=UTC)
HERE = "arn:aws:states:eu-west-1:111122223333"
MACHINE = f"{HERE}:stateMachine:orders"
RECOVERY = f"{HERE}:stateMachine:recovery"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def row(name: str = "one", **given: Any) -> Row:
    """An open one that started at `START`."""
    ended: float | None = given.pop("ended", None)
    facts: dict[str, Any] = {
        "execution_arn": f"{HERE}:execution:orders:{name}",
        "execution_name": name,
        "state_machine_arn": MACHINE,
        "agent_name": "orders",
        "status": "RUNNING" if ended is None else "SUCCEEDED",
        "start_date": iso(START),
        "account": "111122223333",
        "region": "eu-west-1",
        "revision": 1,
        "indexed_at": iso(at(ended or 0)),
    }
    if ended is not None:
        facts |= {"stop_date": iso(at(ended)), "duration_seconds": ended * 60}
    return Row(**{**facts, **given})


def profile(*, p95: float = 600.0, samples: int = 50, **steps: float) -> MachineProfile:
    """Seconds: of the whole, and of steps by name."""
    return MachineProfile(
        state_machine_arn=MACHINE,
        samples=samples,
        p50=p95 / 2,
        p95=p95,
        steps={
            name: StepProfile(p50=one / 2, p95=one, count=samples) for name, one in steps.items()
        },
    )


class Killed(BaseException):
    """The function is gone at this moment."""


@dataclass
class World:
    """A table, people, Step Functions, and a clock."""

    now: datetime = START
    rows: dict[str, Row] = field(default_factory=dict)
    told: list[AlertMessage] = field(default_factory=list)
    profiles: dict[str, MachineProfile] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    states: dict[str, list[InState]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    killed_at: int | None = None
    """Which of the steps from now on is the last one; each write and each message is one."""

    refusing: Exception | None = None

    def put(self, one: Row) -> Row:
        self.rows[one.execution_arn] = one
        return one

    def step(self) -> None:
        if self.killed_at is not None:
            self.killed_at -= 1
            if self.killed_at < 0:
                self.killed_at = None
                raise Killed

    # What the sweep reads and writes

    def pages(self, now: datetime) -> Iterator[list[Row]]:
        for partition in ("ALERT", "OPEN"):
            due = [
                one
                for one in self.rows.values()
                if (values := one.to_values())["open"] == partition
                and values["deadline"] <= iso(now)
            ]
            if due:
                yield due

    def read(self, arns: Collection[str]) -> Mapping[str, Row]:
        return {arn: self.rows[arn] for arn in arns if arn in self.rows}

    def write(self, after: Row, before: Row | None) -> None:
        self.step()
        current = self.rows.get(after.execution_arn)
        if (current.revision if current else None) != (before.revision if before else None):
            raise Overtaken(after.execution_arn)
        self.put(after)

    def of(self, arns: Collection[str]) -> dict[str, MachineProfile]:
        return {arn: self.profiles[arn] for arn in arns if arn in self.profiles}

    def send(self, message: AlertMessage) -> None:
        self.step()
        if self.refusing:
            raise self.refusing
        self.told.append(message)

    @property
    def words(self) -> list[str]:
        return [one.kind.value for one in self.told]

    def sweep(
        self,
        *,
        minutes: float | None = None,
        looks: Any = None,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> Swept:
        if minutes is not None:
            self.now = at(minutes)
        return AlertSweep(
            due=self,
            rows=Table(self),
            profiles=self,
            looks=looks or Looks(self),
            alerts=self,
            message=message,
            recovery_machine=RECOVERY,
            clock=lambda: self.now,
        ).run(may_go_on)

    def happens(self, arn: str, **changes: Any) -> None:
        """Somebody else writes the row meanwhile."""
        before = self.rows[arn]
        self.put(replace(before, revision=before.revision + 1, **changes))


@dataclass
class Table:
    """The rows, as whoever writes them sees them."""

    world: World

    def read(self, arns: Collection[str]) -> Mapping[str, Row]:
        return self.world.read(arns)

    def write(self, row: Row, *, after: Row | None) -> None:
        self.world.write(row, after)


@dataclass
class Looks:
    """Step Functions, which knows at once what ended."""

    world: World

    def begin(self) -> None:
        pass

    def runs(self, execution_arn: str) -> bool:
        self.world.asked.append(execution_arn)
        return execution_arn not in self.world.ended

    def states(self, execution_arn: str) -> list[InState]:
        self.world.asked.append(execution_arn)
        return self.world.states.get(execution_arn, [])


def message(one: Row, kind: AlertKind, now: datetime) -> AlertMessage:
    return alert_message(
        one,
        kind,
        now,
        link=lambda workflow: f"https://recovery.example.com/workflows/{workflow}",
        environment="prod",
    )
