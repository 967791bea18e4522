"""What the engines tell is what the API says it tells: every field, none too many."""

from typing import Any

import pytest

from breakwater.platform.http.caller import answer_for
from breakwater.platform.http.errors import NotFound
from breakwater.routes import workflows
from breakwater.workflows.engine_port import WorkflowEngine
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.engines.recovery.recovery_engine import RecoveryEngine
from breakwater.workflows.workflow_id import EngineName
from tests.unit.workflows.conftest import ANNA, INDEX, NOW, SomeProfiles, World
from tests.unit.workflows.histories_made import chain, fan
from tests.unit.workflows.test_custom import LIFE, store
from tests.unit.workflows.test_recovery_engine import Items
from tests.unit.workflows.test_step_functions_engine import ID, Scene, failing


class Record:
    def read(self) -> dict[str, Any]:
        return {"lastSweepAt": "2026-11-20T11:59:00.000Z", "sweepMinutes": 5}


def calls(engine: Any, world: Any = None) -> dict[str, Any]:
    """The routes' functions by name, over this engine."""
    answer_for(ANNA)
    engines: dict[EngineName, WorkflowEngine] = {engine.name: engine}
    told = workflows.Workflows(
        list=world.the_list() if world else None,  # type: ignore[arg-type]
        counts=None,  # type: ignore[arg-type]
        engines=engines,
        health=Record(),
        clock=lambda: NOW,
    )
    return {route.call.__name__: route.call for route in workflows.routes(told)}


@pytest.mark.parametrize(
    ("events", "status"),
    [(chain(3), "SUCCEEDED"), (fan(60), "SUCCEEDED"), (failing(), "FAILED"), (None, "RUNNING")],
)
def test_an_execution(events: Any, status: str) -> None:
    scene = Scene(events if events is not None else chain(1, ended=False), status=status)
    if events is None:
        scene.aws.refuse = ["ThrottlingException"] * 50
    asked = calls(scene.engine)
    told = asked["get_workflow"](str(ID))
    assert told.workflow.engine == "stepFunctions"
    if events is None:
        assert told.stale is not None
        return
    step = told.steps.steps[0]
    assert asked["list_workflow_steps"](str(ID), within=step.id).lanes is not None
    assert asked["get_workflow_step"](str(ID), step.id).step.name == step.name
    assert asked["get_workflow_step_logs"](str(ID), step.id).items is not None


def test_a_recovery_run() -> None:
    items = Items()
    asked = calls(RecoveryEngine(items, items, lambda: NOW, Scene(chain(1)).engine))
    told = asked["get_workflow"](items.run.execution_id)
    assert told.steps.steps[2].compensation
    assert asked["list_workflow_steps"](items.run.execution_id, within="wave:0").lanes
    assert asked["get_workflow_step"](items.run.execution_id, "wave:1").details
    assert asked["get_workflow_step_logs"](items.run.execution_id, "wave:1").reason


def test_a_custom_workflow_and_the_list(world: World) -> None:
    for event in LIFE:
        store(world).record(event)
    engine = CustomEngine(world.dynamodb, INDEX, profiles=SomeProfiles(), clock=lambda: NOW)
    asked = calls(engine, world)
    told = asked["get_workflow"]("custom.billing.2026-11")
    assert told.steps.steps[0].attempt_count == 2
    assert asked["get_workflow_step"]("custom.billing.2026-11", "a").input == '{"n": 1}'
    page = asked["list_workflows"](type="invoices", counts=False)
    assert [one.id for one in page.items] == ["custom.billing.2026-11"]


def test_what_can_be_nobodys_id_is_404() -> None:
    asked = calls(Scene(chain(1)).engine)
    with pytest.raises(NotFound):
        asked["get_workflow"]("no-such-id")


def test_the_health_of_the_index() -> None:
    told = calls(Scene(chain(1)).engine)["get_index_health"]()
    assert (told.well, told.problems) == (True, [])
