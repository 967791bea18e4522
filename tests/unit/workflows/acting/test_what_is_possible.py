"""What is told to be possible is, and what is not told so is not."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.platform.http.errors import (
    Conflict,
    Forbidden,
)
from breakwater.platform.http.identity import Identity
from breakwater.workflows.workflow import Action
from tests.examples import examples
from tests.unit.workflows.acting.scene import GATED, OLGA, Scene, id_of
from tests.unit.workflows.conftest import ANNA, NOW, VIEWER
from tests.unit.workflows.test_step_functions_engine import failing

STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE", "NEW_WORD"]


@given(
    status=st.sampled_from(STATUSES),
    allowed=st.booleans(),
    gated=st.booleans(),
    pause_asked=st.booleans(),
    held=st.booleans(),
    machine=st.sampled_from(["orders", "orders/map"]),
    days=st.sampled_from([1, 20]),
    by=st.sampled_from([ANNA, OLGA, VIEWER]),
    action=st.sampled_from([one for one in Action if one is not Action.EXPORT]),
)
@settings(max_examples=examples(400), deadline=None)
def test_what_is_told_to_be_possible_is_and_what_is_not_is_not(
    *,
    status: str,
    allowed: bool,
    gated: bool,
    pause_asked: bool,
    held: bool,
    machine: str,
    days: int,
    by: Identity,
    action: Action,
) -> None:
    gate = {"pause_gate": GATED["pause_gate"]} if gated else {}
    scene = Scene(actions="allow" if allowed else "deny", **gate)
    stopped = None if status in ("RUNNING", "PENDING_REDRIVE") else NOW - timedelta(days=days)
    arn = scene.aws.has("one", status, failing(1), machine=machine, stopped=stopped)
    if pause_asked:
        scene.gates.gate.pause(arn, "anna", "why")
        if held:
            scene.gates.gate.arrive(arn, "Gate", "token")
    told = scene.desk.current(id_of(arn), by=by).capabilities[action]
    refused: Forbidden | Conflict | None = None
    try:
        scene.act(arn, action, by=by)
    except (Forbidden, Conflict) as error:
        refused = error
    assert told.possible is (refused is None), refused
    if isinstance(refused, Conflict):
        assert refused.message == told.reason
