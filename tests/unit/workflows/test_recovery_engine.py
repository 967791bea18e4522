"""A recovery run in detail: waves, their servers, and what was made good again."""

import json
from dataclasses import replace
from typing import Any

import pytest

from breakwater.platform.http.errors import NotFound
from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import RunStatus, ServerStatus, StepStatus, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.workflows.engine_port import StepsAsked
from breakwater.workflows.engines.recovery.recovery_engine import RecoveryEngine
from breakwater.workflows.engines.recovery.usual_run import LATEST
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.recovery.made_run import TOKEN
from tests.unit.workflows.conftest import NOW, ago, run
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_step_functions_engine import Scene

SERVERS = 70


class Items:
    """A run of two waves, the second of which has failed, and a cleanup; reads are counted."""

    def __init__(self) -> None:
        one = run(9, RunStatus.FAILED, servers=72, servers_launched=70, servers_failed=1)
        self.run = replace(one, cause="web has failed.", ended_at=NOW, task_token=TOKEN)
        waves = [(WaveStatus.COMPLETED, SERVERS, 70, 0), (WaveStatus.FAILED, 2, 0, 1)]
        self.waves = [
            WaveRun(
                execution_id=self.run.execution_id,
                index=index,
                name=("db", "web")[index],
                timeout_minutes=60,
                status=status,
                servers=servers,
                servers_launched=launched,
                servers_failed=failed,
                started_at=ago(minutes=8),
                ended_at=ago(minutes=6),
            )
            for index, (status, servers, launched, failed) in enumerate(waves)
        ]
        self.step = CompensationStep(
            execution_id=self.run.execution_id,
            round=1,
            number=0,
            name="Terminate 3 instances of db",
            account_id="111122223333",
            region="eu-west-1",
            instances={"i-1": "s-1"},
            wave_index=0,
            status=StepStatus.FAILED,
            cause="not allowed",
        )
        self.reads: list[str] = []
        self.earlier: list[Run] = [self.run]

    def outline(self, execution_id: str) -> RunState:
        if execution_id != self.run.execution_id:
            raise NotFound("no such run")
        self.reads.append("outline")
        state = RunState(self.run)
        state.put(*self.waves, self.step)
        return state

    def servers(self, execution_id: str, wave_index: int | None = None) -> list[ServerRun]:
        self.reads.append(f"servers {wave_index}")
        return [
            ServerRun(
                execution_id=execution_id,
                wave_index=int(wave_index or 0),
                account_id="111122223333",
                region="eu-west-1",
                server_id=f"s-{number}",
                name=f"server-{number:02}",
                status=ServerStatus.LAUNCHED,
            )
            for number in range(SERVERS)
        ]

    def plan(self, _execution_id: str) -> dict[str, Any]:
        return {"plan": {"version": 3}}

    def of_plan(self, plan_id: str, *, limit: int) -> tuple[list[Run], str | None]:
        assert plan_id == self.run.plan_id
        return self.earlier[:limit], None


@pytest.fixture
def items() -> Items:
    return Items()


@pytest.fixture
def engine(items: Items) -> RecoveryEngine:
    return RecoveryEngine(items, items, lambda: NOW, Scene(chain(1)).engine)


def id_of(items: Items) -> WorkflowId:
    return WorkflowId(EngineName.RECOVERY, items.run.execution_id)


def test_its_steps_are_its_waves_and_then_what_was_made_good_again(
    engine: RecoveryEngine, items: Items
) -> None:
    told = engine.describe(id_of(items))
    assert [(one["name"], one["status"], one["compensation"]) for one in told.steps.steps] == [
        ("db", "succeeded", False),
        ("web", "failed", False),
        ("Terminate 3 instances of db", "failed", True),
    ]
    assert told.failure == {
        "status": "FAILED",
        "error": "FAILED",
        "cause": "web has failed.",
        "message": "web has failed.",
        "stepId": "wave:1",
        "stepName": "web",
        "advice": "Mend the cause, then retry: what is up is taken over, only servers that did not "
        "launch are started.",
    }
    assert told.definition is not None
    assert told.definition["version"] == "3"
    assert told.workflow.progress.percent == 98
    assert items.reads == ["outline"]
    assert TOKEN not in json.dumps([told.metadata, told.segments, told.steps.steps], default=str)


def test_it_stands_beside_what_completed_runs_of_its_plan_took(
    engine: RecoveryEngine, items: Items
) -> None:
    def usual() -> dict[str, Any]:
        return dict(engine.describe(id_of(items)).metadata["usual"])

    assert usual() == {"p50Seconds": None, "p95Seconds": None, "samples": 0}
    items.earlier.append(run(100, RunStatus.FAILED, ended_at=NOW))
    items.earlier.append(run(200, RunStatus.RUNNING))
    items.earlier += [run(100 + n, RunStatus.COMPLETED, ended_at=ago(minutes=100)) for n in (1, 2)]
    items.earlier.append(run(110, RunStatus.COMPLETED, ended_at=ago(minutes=100), time_scale=60))
    assert usual() == {"p50Seconds": 120, "p95Seconds": None, "samples": 3}
    items.earlier = [run(n, RunStatus.COMPLETED, ended_at=NOW) for n in range(11, 31)]
    assert usual() == {"p50Seconds": 1200, "p95Seconds": 1740, "samples": 20}
    items.earlier = [run(n, RunStatus.COMPLETED, ended_at=NOW) for n in range(11, 100)]
    assert usual()["samples"] == LATEST


def test_the_servers_of_a_wave_come_in_pages(engine: RecoveryEngine, items: Items) -> None:
    page = engine.steps(id_of(items), StepsAsked(within="wave:0"))
    [lane] = page.lanes
    assert (len(lane["steps"]), lane["stepCount"]) == (50, SERVERS)
    rest = engine.steps(
        id_of(items),
        StepsAsked(within="wave:0", lane=lane["id"], cursor=lane["stepsCursor"]),
    )
    names = [one["name"] for one in (*lane["steps"], *rest.steps)]
    assert names == [f"server-{number:02}" for number in range(SERVERS)]
    assert rest.next_cursor is None


@pytest.mark.parametrize(
    ("step_id", "field", "value"),
    [
        ("wave:1", "name", "web"),
        ("server:0:111122223333.eu-west-1.s-7", "sourceServerId", "s-7"),
        ("compensation:1.0", "cause", "not allowed"),
    ],
)
def test_each_of_them_is_told_with_everything(
    engine: RecoveryEngine, items: Items, step_id: str, field: str, value: str
) -> None:
    told = engine.step(id_of(items), step_id)
    assert told["step"]["id"] == step_id
    assert told["details"][field] == value
    assert "report" in str(engine.logs(id_of(items), step_id)["reason"])


@pytest.mark.parametrize("step_id", ["wave:7", "wave:0x", "server:0:nobody", "what", "wave:"])
def test_what_is_not_there_is_404(engine: RecoveryEngine, items: Items, step_id: str) -> None:
    with pytest.raises(NotFound):
        engine.step(id_of(items), step_id)
    with pytest.raises(NotFound):
        engine.steps(id_of(items), StepsAsked(within=step_id))
    with pytest.raises(NotFound):
        engine.describe(WorkflowId(EngineName.RECOVERY, "20260101-000000-00000000"))
