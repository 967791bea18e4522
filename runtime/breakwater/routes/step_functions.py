"""/executions/{executionId}/step-functions: what Step Functions did in a recovery run."""

from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from breakwater.platform.http.errors import BadRequest, Forbidden, Gone, NotFound, Unavailable
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.timeline.execution_arn import execution_of_machine
from breakwater.timeline.reader import UsedDefinition
from breakwater.timeline.step_functions_view import Wanted, step_functions_view
from breakwater.timeline.timeline import Timeline
from breakwater.timeline.token_learning import may_quote_tokens

PATH = "/executions/<execution_id>/step-functions"
ExecutionId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z_-]+$")]


class StateModel(Model):
    """One visit of a state."""

    number: int
    name: str
    type: str
    path: str = Field(description="with occurrence, names this visit: `Fan out[0]/Deploy`")
    occurrence: int = Field(description="1 for the first visit, 2 for the second, in loops")
    status: str = Field(
        description="running, succeeded, caught, failed, timedOut, aborted, unknown"
    )
    entered_at: str | None
    exited_at: str | None
    duration: float | None = Field(description="seconds; null while it runs")
    attempts: int
    input: str | None = Field(description="JSON as text, at most 4 KB of it")
    input_truncated: bool
    output: str | None
    output_truncated: bool
    error: str | None
    cause: str | None
    cause_truncated: bool
    request_id: str | None = Field(description="of the function that failed: finds its log")
    whole: str = Field(description="where this state is told with everything")


class StepFunctionsLinks(Model):
    """Where to look further; null where the state machine logs nothing."""

    console: str
    logs: str | None
    logs_insights: str | None
    logs_insights_query: str


class StepFunctionsExecution(Model):
    """The execution behind a recovery run."""

    execution_arn: str
    state_machine_arn: str
    status: str
    start_date: str | None
    stop_date: str | None
    current_state: str | None
    current_states: list[str] = Field(description="paths; several where branches run")
    error: str | None
    cause: str | None
    states: list[StateModel]
    next_after: int | None = Field(description="`after` for the next page of states")
    total_states: int
    total_events: int
    unplaced: int = Field(description="events that could not be understood")
    links: StepFunctionsLinks
    events: list[dict[str, Any]] | None = Field(description="raw, redacted; when asked for")
    next_events_after: int | None = Field(description="`eventsAfter` for the next page of events")
    partial: bool = Field(description="the definition could not be read: see links")


class Executions(Protocol):
    """What is asked of Step Functions; see timeline.reader."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""

    def definition(self, execution_arn: str) -> UsedDefinition:
        """As this execution used it."""


class Timelines(Protocol):
    """See timeline.warm_timelines."""

    def read(
        self, execution_arn: str, *, payloads: bool, definition: str | None = None
    ) -> Timeline:
        """As it is now."""


class Runs(Protocol):
    """See timeline.known_runs."""

    def was_started(self, execution_id: str) -> bool:
        """Was there an execution at some time?"""


def routes(
    executions: Executions, timelines: Timelines, runs: Runs, state_machine_arn: str
) -> list[Route]:
    """The route, over the executions of this state machine."""

    def get_step_functions(  # noqa: PLR0917 - Powertools passes them by name
        execution_id: ExecutionId,
        payloads: Annotated[bool, Query(description="with input and output")] = True,  # noqa: FBT002
        after: Annotated[int, Query(ge=0, description="states after this number")] = 0,
        step: Annotated[int | None, Query(ge=1, description="this state only, whole")] = None,
        events: Annotated[bool, Query(description="raw events too")] = False,  # noqa: FBT002
        events_after: Annotated[int, Query(alias="eventsAfter", ge=0)] = 0,
    ) -> StepFunctionsExecution:
        execution = execution_of_machine(state_machine_arn, execution_id)
        arn = str(execution)
        try:
            described = executions.describe(arn)
            used = _definition(executions, arn)
            text = used.text if used is not None else None
            timeline = learned = timelines.read(arn, payloads=payloads, definition=text)
            if not payloads and may_quote_tokens(timeline):
                learned = timelines.read(arn, payloads=True, definition=text)
        except NotFound as absent:
            raise _absent(execution_id, runs.was_started(execution_id)) from absent
        if step is not None and timeline.step(step) is None:
            raise NotFound(
                f"The run {execution_id} has no state number {step}: it has {len(timeline.steps)}."
            )
        told = step_functions_view(
            timeline,
            described,
            execution,
            Wanted(
                path=PATH.replace("<execution_id>", execution_id),
                after=after,
                step=step,
                events=events,
                events_after=events_after,
            ),
            log_group_arn=used.log_group_arn if used is not None else None,
            learned=learned,
        )
        return StepFunctionsExecution.model_validate({**told, "partial": used is None})

    return [
        Route(
            method="GET",
            path=PATH,
            permission=Permission.READ,
            summary="What Step Functions did in a recovery run, state by state",
            call=get_step_functions,
            errors=[BadRequest, Forbidden, NotFound, Gone, Unavailable],
        )
    ]


def _definition(executions: Executions, arn: str) -> UsedDefinition | None:
    """None when AWS is asked too much: it adds to the answer, and comes another time."""
    try:
        return executions.definition(arn)
    except Unavailable:
        return None


def _absent(execution_id: str, was_started: bool) -> NotFound | Gone:  # noqa: FBT001
    if not was_started:
        return NotFound(
            f"There is no Step Functions execution of a run {execution_id}: no such run, or it has "
            "not been started yet."
        )
    return Gone(
        f"AWS keeps the Step Functions history of the run {execution_id} no longer: it goes 90 "
        "days after the end (30, where that was chosen). What the run did is kept with the run "
        f"itself: GET /executions/{execution_id}."
    )
