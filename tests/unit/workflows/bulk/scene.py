"""A desk for bulks, a worker, and what they speak to, in memory but for the table."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from breakwater.contract import Role
from breakwater.platform.audit import AuditRecord
from breakwater.platform.http.errors import (
    TooManyRequests,
    Unavailable,
)
from breakwater.platform.http.identity import Identity
from breakwater.workflows.bulk.bulk import Bulk
from breakwater.workflows.bulk.bulk_desk import BulkDesk
from breakwater.workflows.bulk.bulk_worker import BulkWorker, Slice
from breakwater.workflows.engine_port import Acted
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.listing.workflow_list import WorkflowPage
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.workflows.conftest import NOW, STATES

TABLE = "bulks"
OLGA = Identity(
    subject="olga", name="olga@example.com", roles=frozenset({Role.OPERATOR}), address="192.0.2.7"
)
YES, NO = Capability(possible=True), Capability(possible=False, reason="It is COMPLETED.")


def workflow(number: int, *, able: Capability = YES, **given_: Any) -> Workflow:
    facts: dict[str, Any] = {
        "id": WorkflowId(EngineName.STEP_FUNCTIONS, f"{STATES}:execution:orders:{number:04d}"),
        "type": "orders",
        "name": f"{number:04d}",
        "status": "RUNNING",
        "started_at": "2026-11-20T11:00:00.000Z",
        "updated_at": "2026-11-20T11:00:00.000Z",
        "capabilities": {Action.CANCEL: able},
    }
    return Workflow(**{**facts, **given_})


class Killed(BaseException):
    """The function is gone at this moment."""


@dataclass
class Scene:
    """A desk, a worker, and what they speak to."""

    store: Any
    found: list[Workflow] = field(default_factory=list)
    now: Any = NOW
    woken: list[str] = field(default_factory=list)
    records: list[AuditRecord] = field(default_factory=list)
    acted: list[tuple[str, Action, Identity, str, Mapping[str, Any]]] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    waited: float = 0.0
    turns: int = 0
    kill_in: int | None = None
    mute: bool = False

    # what the desk speaks to

    def page(
        self, _wanted: Any, _by: Identity, *, limit: int, cursor: str | None = None
    ) -> WorkflowPage:
        begin = int(cursor or 0)
        end = begin + limit
        following = str(end) if end < len(self.found) else None
        return WorkflowPage(workflows=self.found[begin:end], next_cursor=following, partial=False)

    def wake(self, bulk_id: str) -> None:
        if self.mute:
            raise Unavailable("The queue is away.")
        self.woken.append(bulk_id)

    def write(self, record: AuditRecord) -> None:
        self.records.append(record)

    @property
    def desk(self) -> BulkDesk:
        return BulkDesk(list=self, store=self.store, waker=self, trail=self, clock=lambda: self.now)

    # what the worker speaks to

    def act(self, workflow_id: str, action: Action, **said: Any) -> Acted:
        self._step()
        for answer in [*self.answers.get(workflow_id, [])][:1]:
            self.answers[workflow_id].pop(0)
            if isinstance(answer, Exception):
                raise answer
        self.acted.append((workflow_id, action, said["by"], said["reason"], said["options"]))
        self._step()
        return Acted(
            status="done",
            new_status="CANCELLED",
            message="It is stopped.",
            workflow_id=WorkflowId.parse(workflow_id),
        )

    def take(self, _caller: str, _now: float) -> None:
        self.turns += 1
        if self.turns % 2:
            raise TooManyRequests("wait", details={"retryAfterSeconds": 1})

    def pause(self, seconds: float) -> None:
        self.waited += seconds
        self.now += timedelta(seconds=seconds)

    def work(self, bulk_id: str, may_go_on: Callable[[], bool] = lambda: True) -> Slice:
        return BulkWorker(
            store=Mortal(self.store, self._step),
            desk=self,
            turns=self,
            clock=lambda: self.now,
            pause=self.pause,
        ).work(bulk_id, may_go_on)

    def _step(self) -> None:
        if self.kill_in is not None:
            self.kill_in -= 1
            if self.kill_in < 0:
                self.kill_in = None
                raise Killed

    # what people do

    def previewed(self, by: Identity = OLGA, action: Action = Action.CANCEL) -> Bulk:
        bulk, _ = self.desk.preview(action, wanted_of({"type": "orders"}, NOW), by, {})
        return bulk

    def started(self) -> str:
        bulk = self.previewed()
        self.desk.start(bulk.bulk_id, OLGA, confirmation=bulk.confirmation, reason="a bad release")
        return bulk.bulk_id

    def results(self, bulk_id: str) -> Counter[str]:
        _, entries, cursor = self.desk.read(bulk_id, limit=200, cursor=None)
        assert cursor is None
        return Counter(one.result.value for one in entries)


class Mortal:
    """The store, of a function that may be killed before and after each call."""

    def __init__(self, store: Any, step: Callable[[], None]) -> None:
        self._store = store
        self._step = step

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._store, name)

        def called(*words: Any) -> Any:
            self._step()
            answer = call(*words)
            self._step()
            return answer

        return called
