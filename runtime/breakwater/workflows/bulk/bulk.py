"""A bulk: one action on what a filter found. What may be done with it when. Pure.

previewed → running → completed, or → stopping → stopped. Nothing goes back. An entry that is being
acted on when its worker dies is `unknown`: whether it was done only a look can tell, and nothing is
ever acted on twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from breakwater.platform.http.errors import Conflict, Forbidden, Gone, Unprocessable
from breakwater.platform.http.identity import Identity
from breakwater.workflows.workflow import Action, Workflow
from breakwater.workflows.workflow_id import EngineName

ACTIONS = (Action.CANCEL, Action.RETRY)
MOST = 1_000
"""Workflows in one bulk."""

PREVIEW_LASTS = timedelta(minutes=15)
KEPT = timedelta(days=30)
"""After its start; a preview that was not started leaves a day after it was made."""

PER_SECOND = 2.0
"""How many workflows all bulks together act on: far below what Step Functions allows."""

WORKER_LIVES = timedelta(seconds=120)
"""The timeout of the function that works."""

LEASE = WORKER_LIVES + timedelta(seconds=10)
"""From when it is taken; never renewed. So when it is over, whoever took it is dead, and the
queue, which gives its message back later than that, finds it free.
"""

STALLED = timedelta(minutes=2)
"""Nobody has worked on it for so long: starting it again wakes it up."""

SAMPLES = 10
REAL_RECOVERY = (
    "It is a real recovery. Those are cancelled and retried one by one, by a commander who looks "
    "at each: POST /workflows/{id}/"
)


class BulkStatus(StrEnum):
    """Where it stands."""

    PREVIEWED = "previewed"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    COMPLETED = "completed"


UNDER_WAY = frozenset({BulkStatus.RUNNING, BulkStatus.STOPPING})


class Result(StrEnum):
    """What came of one entry."""

    NOT_ELIGIBLE = "notEligible"
    NOT_STARTED = "notStarted"
    ACTING = "acting"
    DONE = "done"
    ACCEPTED = "accepted"
    """It will take effect later: a run ends what is under way first."""

    REFUSED = "refused"
    """Not possible any more, or not for this person; nothing was done."""

    FAILED = "failed"
    """AWS did not do it; the message says why."""

    UNKNOWN = "unknown"
    """The worker died on it: look at the workflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One workflow in a bulk."""

    number: int
    workflow_id: str
    name: str | None
    type: str
    status_before: str
    result: Result
    message: str | None = None
    new_status: str | None = None
    new_workflow_id: str | None = None
    """Where a retry made a new one."""

    at: str | None = None
    """When it was acted on."""

    @property
    def is_eligible(self) -> bool:
        """Is it one of those that are acted on?"""
        return self.result is not Result.NOT_ELIGIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """The whole."""

    bulk_id: str
    status: BulkStatus
    action: Action
    filter: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    by: Identity
    """Who previewed it; only they may start it, and in their name it is done."""

    created_at: datetime
    eligible: int
    not_eligible: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why not, and how many."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """Results of those that are eligible."""

    position: int = 0
    """The number of the next entry to look at."""

    reason: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    stopped_by: str | None = None
    lease_until: datetime | None = None

    @property
    def confirmation(self) -> str:
        """What is to be typed."""
        return f"{self.action.value} {self.eligible}"

    @property
    def preview_until(self) -> datetime:
        """Until when it may be started."""
        return self.created_at + PREVIEW_LASTS

    @property
    def leaves_at(self) -> datetime:
        """When it is not kept any more."""
        if self.started_at is None:
            return self.created_at + timedelta(days=1)
        return self.started_at + KEPT

    @property
    def not_started(self) -> int:
        """How many are still to be acted on, or never will be."""
        acted = sum(count for word, count in self.counts.items() if word != Result.NOT_STARTED)
        return max(self.eligible - acted, 0)

    @property
    def percent(self) -> int:
        """Of those that are eligible; 100 only when none is left."""
        return 100 * (self.eligible - self.not_started) // self.eligible if self.eligible else 0


def entry_of(number: int, workflow: Workflow, action: Action) -> Entry:
    """One line of a preview, as the list knows it; it is looked at again before it is acted on."""
    why_not = _why_not(workflow, action)
    return Entry(
        number=number,
        workflow_id=str(workflow.id),
        name=workflow.name,
        type=workflow.type,
        status_before=workflow.status,
        result=Result.NOT_ELIGIBLE if why_not else Result.NOT_STARTED,
        message=why_not,
    )


def reasons_of(entries: Sequence[Entry]) -> Mapping[str, int]:
    """Why some are not eligible, the most frequent first."""
    found = Counter(one.message or "" for one in entries if not one.is_eligible)
    return dict(found.most_common())


def check_start(bulk: Bulk, by: Identity, confirmation: str, now: datetime) -> None:
    """May this person start it now, having typed this? Every refusal says what to do."""
    if by.subject != bulk.by.subject:
        raise Forbidden(
            f"{bulk.by.name} previewed this bulk, and it would be done in their name. Preview it "
            "yourself: POST /bulk."
        )
    if bulk.status is not BulkStatus.PREVIEWED and not is_stalled(bulk, now):
        raise Conflict(
            f"It was started already and is {bulk.status.value}: GET /bulk/{bulk.bulk_id}.",
            details={"status": bulk.status.value},
        )
    require_current(bulk, now)
    if bulk.eligible == 0:
        raise Conflict("Nothing that the filter found can be acted on. See why in the preview.")
    if confirmation.strip() != bulk.confirmation:
        raise Unprocessable(
            f"Type exactly {bulk.confirmation!r} to confirm; it was {confirmation[:80]!r}.",
            details=[{"place": "confirmation", "problem": f"is not {bulk.confirmation!r}"}],
        )


def require_current(bulk: Bulk, now: datetime) -> None:
    """Gone: what was found then may be another thing now."""
    if bulk.status is BulkStatus.PREVIEWED and now >= bulk.preview_until:
        raise Gone(
            "This preview is older than a quarter of an hour, and was not started: preview again, "
            "POST /bulk."
        )


def check_stop(bulk: Bulk, *, stalled: bool) -> None:
    """Can it be stopped? What is being stopped and has stalled: once more."""
    if bulk.status is not BulkStatus.RUNNING and not stalled:
        said = {
            BulkStatus.PREVIEWED: "It was not started: nothing will be done.",
            BulkStatus.STOPPING: "It is being stopped already.",
        }.get(bulk.status, f"It is over: {bulk.status.value}.")
        raise Conflict(said, details={"status": bulk.status.value})


def is_stalled(bulk: Bulk, now: datetime) -> bool:
    """Is it under way, and does nobody work on it?"""
    if bulk.status not in UNDER_WAY:
        return False
    latest = bulk.lease_until or bulk.started_at or bulk.created_at
    return now - latest > STALLED


def _why_not(workflow: Workflow, action: Action) -> str | None:
    if workflow.id.engine is EngineName.RECOVERY and workflow.is_drill is not True:
        return REAL_RECOVERY + action.value
    able = workflow.capabilities.get(action)
    if able is None:
        return f"{action.value} is nothing that can be done with it."
    return None if able.possible else able.reason or "It is not possible now."
