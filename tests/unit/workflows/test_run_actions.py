"""What a run's capabilities promise, its desk keeps, and the other way round."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from breakwater.contract import Role
from breakwater.platform.http.errors import Conflict, Forbidden
from breakwater.platform.http.identity import Identity
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run_desk import Desk, RunDesk
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.engines.recovery.run_actions import RunActions
from breakwater.workflows.looking_only import LookingOnly
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.examples import examples
from tests.unit.recovery.made_run import START
from tests.unit.recovery.made_run import run as made_run
from tests.unit.workflows.conftest import ANNA, NOW, VIEWER
from tests.unit.workflows.test_recovery_engine import Items

RUN_ID = Items().run.execution_id
OLGA = Identity(subject="olga", name="olga@example.com", roles=frozenset({Role.OPERATOR}))


class Store:
    """One run, written once more each time."""

    def __init__(self, state: RunState) -> None:
        self.state = state

    def outline(self, execution_id: str) -> RunState:
        return self.state

    load = outline

    def run(self, execution_id: str) -> Any:
        return self.state.run

    def save(self, records: Any, writes: Any) -> Any:
        return list(records)


def desk(state: RunState) -> ActionDesk:
    told: dict[str, Any] = {
        **dict.fromkeys(("runs", "plans", "groups", "directory", "leases", "executions")),
        "store": Store(state),
        "audit_table": "audit",
        "clock": lambda: NOW,
        "state_machine": "",
        "time_scale": 1,
    }
    made = Desk(**told)
    actions = RunActions(Store(state), RunDesk(made), lambda: NOW)
    return ActionDesk({EngineName.RECOVERY: actions}, lambda: NOW)


def request(by: str | None) -> Request | None:
    return Request(by=by, at=START, reason="why") if by else None


@given(
    status=st.sampled_from(list(RunStatus)),
    is_drill=st.booleans(),
    cancelled=st.sampled_from([None, "anna"]),
    resumed=st.sampled_from([None, "anna"]),
    pause=st.sampled_from([None, "anna"]),
    held=st.booleans(),
    by=st.sampled_from([ANNA, OLGA, VIEWER]),
    action=st.sampled_from([Action.PAUSE, Action.RESUME, Action.CANCEL, Action.CLONE]),
)
@settings(max_examples=examples(1000), deadline=None)
def test_what_is_told_to_be_possible_is_and_what_is_not_is_not(
    *,
    status: RunStatus,
    is_drill: bool,
    cancelled: str | None,
    resumed: str | None,
    pause: str | None,
    held: bool,
    by: Identity,
    action: Action,
) -> None:
    assume(status is not RunStatus.CANCELLING or cancelled)  # it only becomes so by a cancel
    state = Items().outline(RUN_ID)
    waves = {
        key: replace(wave, status=WaveStatus.HELD if held else WaveStatus.PENDING)
        for key, wave in state.waves.items()
    }
    run = made_run(
        execution_id=RUN_ID,
        status=status,
        is_drill=is_drill,
        cancel_requested=request(cancelled),
        resumed=request(resumed),
        pause_requested=request(pause),
        ended_at=NOW - timedelta(minutes=1) if status.value in _ENDED else None,
    )
    state = replace(state, run=run, waves=waves)
    told = desk(state).current(RUN_ID, by=by).capabilities[action]
    refused: Exception | None = None
    try:
        desk(state).act(RUN_ID, action, by=by, reason="it hangs")
    except (Conflict, Forbidden) as error:
        refused = error
    assert told.possible is (refused is None), (told, refused)


_ENDED = {"COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"}


def test_a_run_is_retried_from_a_wave_that_failed_and_from_no_other() -> None:
    state = Items().outline(RUN_ID)
    first, *_ = state.in_order()
    waves = {
        key: replace(
            wave,
            status=WaveStatus.FAILED if wave.index == first.index else WaveStatus.COMPLETED,
        )
        for key, wave in state.waves.items()
    }
    state = replace(state, waves=waves, run=made_run(status=RunStatus.FAILED))
    for strange in ("nothing", "wave:99"):
        with pytest.raises(Conflict, match=first.name):
            desk(state).act(
                RUN_ID, Action.RETRY, by=ANNA, reason="it hangs", options={"fromStep": strange}
            )
    told = desk(state).preview(RUN_ID, Action.RETRY, by=ANNA)
    assert [one["step"] for one in told["fromSteps"]] == [first.name]


class Elsewhere:
    name = EngineName.CUSTOM

    def current(self, wanted: WorkflowId) -> Workflow:
        return Workflow(id=wanted, type="t", status="RUNNING", started_at="s", updated_at="u")

    def capabilities(self, workflow: Workflow, by: Identity) -> dict[Action, Capability]:
        where = Capability(possible=False, reason="It runs in billing: act there.")
        return dict.fromkeys(Action, where)


@pytest.mark.parametrize("action", [one for one in Action if one is not Action.EXPORT])
def test_what_runs_elsewhere_is_acted_on_there(action: Action) -> None:
    told = ActionDesk({EngineName.CUSTOM: LookingOnly(Elsewhere())}, lambda: NOW)
    with pytest.raises(Conflict, match="act there"):
        told.act("custom.billing.1", action, by=OLGA, reason="it hangs")
    with pytest.raises(Forbidden):
        told.act("custom.billing.1", action, by=VIEWER, reason="it hangs")
    with pytest.raises(Conflict, match="act there"):
        told.preview("custom.billing.1", action, by=OLGA)
