"""A room for a run: the engine's functions, and what the state machine does with them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto import mock_aws

from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.state_object import Address, execution_input
from breakwater.recovery.engine.step_functions import StepFunctions
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from tests.engine_room.accounts import Accounts
from tests.engine_room.assembled import assembled, desk_of
from tests.engine_room.calls import Killed
from tests.engine_room.doubles import Callbacks, Sent
from tests.engine_room.world import CARLA, World
from tests.simulated import REGION

ENDS = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})
_MOST_LOOKS = 2000


class EngineRoom(World):
    """Everything a run needs, in this process."""

    def __init__(
        self,
        script: Script | None = None,
        servers: ServersFile | None = None,
        *,
        time_scale: int = 1,
        executions: StepFunctions | None = None,
    ) -> None:
        """
        :param executions: a real state machine, instead of one that `drive` stands for.
        """
        super().__init__(script, servers)
        self.messages = Sent(self.calls.called)
        self.callbacks = Callbacks(self.calls.called)
        self.executions: Any = executions or self.callbacks
        self.accounts = Accounts(self.simulated.service, self.calls)
        self.states: list[dict[str, Any]] = []
        self.time_scale = time_scale
        self.fresh()

    def fresh(self) -> None:
        """Functions that have just been started: nothing is remembered."""
        self.assembly = assembled(self, self.accounts, self.executions, self.messages)
        self.desk = desk_of(self.assembly, self, self.executions, self.time_scale)

    # ---- runs

    def start(self, plan: RecoveryPlan, *, is_drill: bool = True) -> str:
        run = self.desk.start(
            plan.plan_id, CARLA, is_drill=is_drill, typed=plan.name, reason="rehearsal"
        )
        return run.execution_id

    def state(self, execution_id: str) -> RunState:
        return self.assembly.store.everything(execution_id)

    def run(self, execution_id: str) -> Run:
        return self.assembly.store.run(execution_id)

    def drive(
        self,
        execution_id: str,
        *,
        at: Callable[["EngineRoom", dict[str, Any]], None] | None = None,
        cleanup: int = 0,
        looks: int = _MOST_LOOKS,
    ) -> dict[str, Any]:
        """Do what the state machine does, to the end or for so many looks; the last state object.

        :param at: called before each wait and in each pause: what people do meanwhile.
        """
        state: dict[str, Any] = self.act("begin", execution_input(self.run(execution_id), cleanup))
        for number in range(looks):
            self.states.append(state)
            if state["status"] in ENDS:
                return state
            if state["status"] == "PAUSED":
                state = self._pause(state, number, at)
                continue
            if at:
                at(self, state)
            self.passes(state["waitSeconds"] / self.time_scale)
            state = self.act("update_wave_status", state)
        return state

    def _pause(
        self, state: dict[str, Any], number: int, at: Callable[..., None] | None
    ) -> dict[str, Any]:
        token = f"token-{number}-{len(self.callbacks.answers)}"
        self.act("store_task_token", {"state": state, "taskToken": token})
        if at and token not in self.callbacks.answers:
            at(self, state)
        goes_on: dict[str, Any]
        if token in self.callbacks.answers:
            goes_on = self.act("resume_wave", self.callbacks.answers[token])
            return goes_on
        self.passes(state["pauseTimeoutSeconds"])
        timed_out = {**state, "timedOut": {"Error": "States.Timeout"}}
        goes_on = self.act("update_wave_status", timed_out)
        return goes_on

    def act(self, action: str, event: Any) -> Any:
        """One action, tried again as Step Functions does when its process is gone."""
        while True:
            try:
                with self.calls.of_the_engine():
                    result = self._once(action, json.loads(json.dumps(event)))
            except Killed:
                self.fresh()
                self.passes(2.0)
            else:
                return json.loads(json.dumps(result))

    def _once(self, action: str, event: Any) -> Any:
        match action:
            case "begin":
                return self.assembly.beginning.begin(event)
            case "update_wave_status":
                return self.assembly.engine.look(Address.of(event), observe=True)
            case "store_task_token":
                return self.assembly.pausing.store_token(event)
            case "resume_wave":
                return self.assembly.pausing.resume(event)
            case "record_failure":
                return self.assembly.failing.record(event)
        raise ValueError(action)

    # ---- what came of it

    def launched(self) -> list[str]:
        """The servers of every StartRecovery that reached the simulator and was done."""
        return [
            server
            for world in self.simulated.simulation.realm.worlds.values()
            for job in world.jobs.values()
            if job.kind == "LAUNCH"
            for server in sorted(one.server_id for one in job.launches)
        ]

    def leases(self) -> list[str]:
        return sorted(
            item["server"]["S"] for item in self.dynamodb.scan(TableName="leases")["Items"]
        )

    def watch(self) -> None:
        """A minute has passed."""
        self.passes(60)
        _, wrong = self.assembly.watching.watch()
        assert wrong == []


@contextmanager
def engine_room(
    script: Script | None = None, servers: ServersFile | None = None, **more: Any
) -> Iterator[EngineRoom]:
    """A room until the end of the block."""
    credentials = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
    with patch.dict("os.environ", credentials), mock_aws():
        yield EngineRoom(script, servers, **more)
