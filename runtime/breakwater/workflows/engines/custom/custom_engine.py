"""Workflows that publish their own events, behind the port. Calls GetItem, BatchGetItem, Query.

A page of steps is one Query for their keys, in the order of their starts, and one BatchGetItem.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.pager import Pager
from breakwater.index.row_table import RowTable
from breakwater.platform.http.errors import NotFound, Unprocessable
from breakwater.platform.http.identity import Identity
from breakwater.platform.pagination import cursor_of, going_on, refused, texts_of
from breakwater.timeline.redaction import Redaction
from breakwater.workflows.engine_port import (
    Described,
    EventPage,
    EventsAsked,
    StepPage,
    StepsAsked,
)
from breakwater.workflows.engines.custom.custom_export import custom_exported
from breakwater.workflows.engines.custom.custom_store import KEY, STEP_PREFIX, step_key, steps_key
from breakwater.workflows.engines.custom.custom_workflow import custom_workflow, is_custom
from breakwater.workflows.engines.custom.event_book import EventReader
from breakwater.workflows.engines.custom.merging import value
from breakwater.workflows.engines.custom.step_told import payloads_told, step_told
from breakwater.workflows.engines.step_functions.capabilities import published_elsewhere
from breakwater.workflows.exporting import Exported, ExportFormat
from breakwater.workflows.only_segment import only_segment
from breakwater.workflows.profiles import Profile, Profiles
from breakwater.workflows.step_pages import usual_whole
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import ENDED, UNSUCCESSFUL, of_step_functions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

FIRST_PAGE = 50
MOST_EXPORTED = 5000
_SEARCH = next(one for one in contract.EXECUTION_INDEX.indexes if one.name == "SearchIndex")


class CustomEngine:
    """Workflows that run elsewhere."""

    name = EngineName.CUSTOM

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        profiles: Profiles,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._table = table
        self._pager = Pager(client, table)
        self._rows = RowTable(client, table)
        self._events = EventReader(client, table)
        self._profiles = profiles
        self._clock = clock

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:  # noqa: ARG002
        """It is told of, not run: whoever runs it acts on it."""
        return published_elsewhere(workflow)

    def current(self, wanted: WorkflowId) -> Workflow:
        """As the last event told it."""
        return custom_workflow(self._row(wanted), profile=None, now=self._clock())

    def describe(self, wanted: WorkflowId) -> Described:
        """The workflow with the first of its steps."""
        row, profile = self._known(wanted)
        workflow = custom_workflow(row, profile=profile, now=self._clock())
        page = self._page(wanted, StepsAsked(limit=FIRST_PAGE), row, profile)
        if workflow.progress.current_step is None and workflow.status not in ENDED:
            running = [one["name"] for one in page.steps if one["status"] == "running"]
            current = running[-1] if running else None
            told = replace(workflow.progress, current_step=current)
            workflow = replace(workflow, progress=told)
        said = row["custom"]["said"]
        return Described(
            workflow=workflow,
            definition={
                "name": workflow.type,
                "version": value(said, "version"),
                "alias": None,
                "revisionId": None,
                "startAt": None,
                "stateCount": 0,
                "states": [],
                "slaTargetSeconds": workflow.sla_target_seconds,
            },
            segments=[only_segment(workflow, page.total)],
            steps=page,
            failure=_failure(workflow, page),
            metadata={
                "source": wanted.name.partition(".")[0],
                "latestEventAt": row["custom"]["latest"],
                "said": value(said, "metadata", {}),
                "usual": usual_whole(profile),
            },
        )

    def steps(self, wanted: WorkflowId, asked: StepsAsked) -> StepPage:
        """Its steps, in the order of their starts; they have nothing in them."""
        row, profile = self._known(wanted)
        if asked.within is not None:
            self.step(wanted, asked.within)
            if asked.lane is not None:
                raise NotFound(f"The step {asked.within} has no branch or iteration {asked.lane}.")
            return StepPage(total=0)
        return self._page(wanted, asked, row, profile)

    def step(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """One step with what it was given and what it gave."""
        row, profile = self._known(wanted)
        key = step_key(f"custom.{wanted.name}", step_id)
        item = self._rows.values([key]).get(key) if len(key) <= 1024 else None
        if item is None:
            raise NotFound(f"{wanted} has no step {step_id[:80]!r}: GET /workflows/{wanted}/steps.")
        redaction = Redaction()
        told = step_told(step_id, item, redaction, profile, status_of(row))
        return {"step": told, **payloads_told(item, redaction)}

    def logs(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """They are where it runs."""
        self.step(wanted, step_id)
        source = wanted.name.partition(".")[0]
        reason = f"It runs in {source}: its logs are there."
        return {"items": [], "partial": False, "reason": reason}

    def events(self, wanted: WorkflowId, asked: EventsAsked) -> EventPage:
        """As they were published, but for what steps were given and gave: their steps have it."""
        row = self._row(wanted)
        page = self._events.page(row["executionArn"], asked.after)
        if page.events or asked.after:
            return page
        reason = (
            "Its events are not kept any more; what they said of it and of its steps is. They stay "
            "as long as the index keeps what has ended."
        )
        return replace(page, reason=reason)

    def export(self, wanted: WorkflowId, form: ExportFormat, *, payloads: bool) -> Exported:  # noqa: ARG002
        """What was published, without what its steps were given."""
        told = self.describe(wanted)
        page = told.steps
        steps = list(page.steps)
        while page.next_cursor is not None and len(steps) < MOST_EXPORTED:
            page = self.steps(wanted, StepsAsked(cursor=page.next_cursor, limit=100))
            steps += page.steps
        if page.next_cursor is not None:
            raise Unprocessable(
                f"It has more than {MOST_EXPORTED} steps, too many for one file: read them in "
                f"pages, GET /workflows/{wanted}/steps."
            )
        return custom_exported(told, steps, form)

    def _known(self, wanted: WorkflowId) -> tuple[Mapping[str, Any], Profile | None]:
        row = self._row(wanted)
        machine = row["stateMachineArn"]
        return row, self._profiles.of([machine]).get(machine)

    def _row(self, wanted: WorkflowId) -> Mapping[str, Any]:
        row = self._pager.get(f"custom.{wanted.name}")
        if row is None or not is_custom(row) or "custom" not in row:
            raise NotFound(
                f"There is no workflow {wanted}: nothing was published of it, or it ended too long "
                "ago."
            )
        return row

    def _page(
        self,
        wanted: WorkflowId,
        asked: StepsAsked,
        row: Mapping[str, Any],
        profile: Profile | None,
    ) -> StepPage:
        workflow_key = f"custom.{wanted.name}"
        prefix = f"{STEP_PREFIX}{workflow_key}#"
        question = {"steps": str(wanted)}
        more: dict[str, Any] = {}
        if asked.cursor is not None:
            key, started = texts_of(asked.cursor, question, "key", "started")
            if not key.startswith(prefix) or len(key) > 1024:
                raise refused()
            place = {KEY: key, _SEARCH.partition: steps_key(workflow_key), "startDate": started}
            more["ExclusiveStartKey"] = {name: {"S": text} for name, text in place.items()}
        with going_on(asked.cursor):
            answer = self._client.query(
                TableName=self._table,
                IndexName=_SEARCH.name,
                KeyConditionExpression="#key = :key",
                ExpressionAttributeNames={"#key": _SEARCH.partition},
                ExpressionAttributeValues={":key": {"S": steps_key(workflow_key)}},
                Limit=asked.limit + 1,
                **more,
            )
        keys = [item[KEY]["S"] for item in answer["Items"]]
        shown = keys[: asked.limit]
        items = self._rows.values(shown) if shown else {}
        redaction = Redaction()
        following = None
        if len(keys) > asked.limit:
            last = answer["Items"][asked.limit - 1]
            told = {"key": shown[-1], "started": last["startDate"]["S"]}
            following = cursor_of(told, question)
        return StepPage(
            steps=[
                step_told(key.removeprefix(prefix), items[key], redaction, profile, status_of(row))
                for key in shown
                if key in items
            ],
            next_cursor=following,
            total=len(shown) if following is None and asked.cursor is None else None,
        )


def status_of(row: Mapping[str, Any]) -> str:
    """How the workflow stands, in the operators' words."""
    return of_step_functions(row["status"])


def _failure(workflow: Workflow, page: StepPage) -> dict[str, Any] | None:
    if workflow.status not in UNSUCCESSFUL:
        return None
    failed = [one for one in page.steps if one["status"] in ("failed", "timedOut")]
    step = failed[-1] if failed else {"id": None, "name": None}
    return {
        "status": workflow.status,
        "error": workflow.error,
        "cause": workflow.cause,
        "message": ": ".join(filter(None, (workflow.error, workflow.cause))) or workflow.status,
        "stepId": step["id"],
        "stepName": step["name"],
    }
