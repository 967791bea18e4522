"""The synthesized definition in moto's interpreter, with the real handlers and a simulated DRS.

    with interpreted_room(definition) as told:
        told.at_wait(2, lambda run: told.desk.pause(run, CARLA, "the network first"))
        run = told.start(told.room.sample())
        told.paused(run)
        told.desk.resume(run, CARLA, "it is up", None)
        told.ended(run)

Runs are started and tokens answered by the engine's own adapter of Step Functions. The room's clock
passes with the machine's waits, and a little in each function, as on AWS; nothing else moves it.
"""

import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any
from unittest.mock import patch

from breakwater.recovery.engine import assembly
from breakwater.recovery.engine.run_desk import RunDesk
from breakwater.recovery.engine.state_object import Address
from breakwater.recovery.engine.step_functions import StepFunctions, execution_arn
from breakwater.recovery.recovery_plan import RecoveryPlan
from tests.engine_room import EngineRoom
from tests.interpreters.moto_interpreter import (
    LambdaCall,
    MotoInterpreter,
    Run,
    moto_interpreter,
)
from tests.simulated import OTHER_REGION, REGION

ACTIONS = ("begin", "update_wave_status", "store_task_token", "resume_wave", "record_failure")
FUNCTION_SECONDS = 0.5
"""So long each function takes."""

_starting = Lock()


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of itself, as far as a handler asks."""

    function_name: str
    memory_limit_in_mb: int = 256
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"

    @property
    def invoked_function_arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:lambda:eu-west-1:111122223333:function:{self.function_name}"


Handler = Callable[[Mapping[str, Any], Context], Any]


@dataclass(kw_only=True)
class InterpretedRoom:
    """A room whose runs a real state machine leads."""

    room: EngineRoom
    interpreter: MotoInterpreter
    functions: dict[str, LambdaCall]
    """By handler. A test may put another in place of one."""

    _acts: dict[int, Callable[[str], Any]] = field(default_factory=dict)
    _waits: int = 0
    _about: str = ""
    _wrong: list[Exception] = field(default_factory=list)

    @property
    def desk(self) -> RunDesk:
        """What people do."""
        return self.room.desk

    def at_wait(self, number: int, act: Callable[[str], Any]) -> None:
        """While the machine waits for the n-th time, somebody does this to the run."""
        self._acts[number] = act

    def start(self, plan: RecoveryPlan) -> str:
        """A drill; the id of its run."""
        return self.room.start(plan)

    def execution(self, run: str) -> Run:
        """The execution behind a run."""
        arn = execution_arn(self.room.executions.state_machine, run)
        return Run(arn=arn, client=self.interpreter.client)

    def paused(self, run: str) -> None:
        """Until the machine waits for a person."""

        def waits(execution: Run) -> bool:
            last = [event["type"] for event in execution.events()[-1:]]
            return last == ["TaskSubmitted"] or execution.status != "RUNNING"

        self._unless_wrong(self.execution(run).until(waits))

    def ended(self, run: str) -> str:
        """To its end: SUCCEEDED, or the name of the error."""
        execution = self._unless_wrong(self.execution(run).finished())
        assert not self._acts, f"there was no wait number {sorted(self._acts)}"
        found = execution.client.describe_execution(executionArn=execution.arn)
        return str(found.get("error", found["status"]))

    def _unless_wrong(self, execution: Run) -> Run:
        if self._wrong:
            raise self._wrong[0]
        return execution

    # ---- what the interpreter calls, from its own threads

    def passes(self, seconds: float) -> None:
        """The machine waits: people act, then time passes."""
        self._waits += 1
        act = self._acts.pop(self._waits, None)
        if act:
            try:
                act(self._about)
            except Exception as error:  # noqa: BLE001 - the interpreter would swallow it
                self._wrong.append(error)
        self.room.passes(seconds)

    def called(self, name: str, event: Mapping[str, Any]) -> Any:
        """A function of Lambda: the handler, with the room behind it."""
        self._about = Address.of(event.get("state", event)).execution_id
        self.room.passes(FUNCTION_SECONDS)
        return self._started(name)(event, Context(f"engine-{name}"))

    def _started(self, name: str) -> Handler:
        """The handler after a cold start, in which it takes its part of this room's engine."""
        module = f"breakwater.handlers.{name}"
        with _starting, patch.object(assembly, "Assembly", lambda: self.room.assembly):
            sys.modules.pop(module, None)
            try:
                handler: Handler = importlib.import_module(module).handler
                return handler
            finally:
                sys.modules.pop(module, None)  # nobody else shall have this room's

    # ---- what came of it

    def largest_state(self, run: str) -> int:
        """Bytes of the state object at the state where it was largest."""
        return max(map(_size, _state_objects(self.execution(run).events())))

    def launched_twice(self) -> list[str]:
        """Servers that DRS launched although they were launched before."""
        launched = [
            server["sourceServerID"]
            for region in (REGION, OTHER_REGION)
            for job in self.room.simulated.done("DescribeJobs", region=region)["items"]
            for server in job["participatingServers"]
            if job["type"] == "LAUNCH" and server["launchStatus"] == "LAUNCHED"
        ]
        return [server for server, times in Counter(launched).items() if times > 1]


def _state_objects(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What goes into each state, and what comes out; less what the machine adds to an error."""
    for event in events:
        text = event.get("stateEnteredEventDetails", {}).get("input")
        text = text or event.get("stateExitedEventDetails", {}).get("output")
        if text:
            found = json.loads(text)
            found.pop("error", None)
            yield found


def _size(state: dict[str, Any]) -> int:
    return len(json.dumps(state, ensure_ascii=False).encode())


@contextmanager
def interpreted_room(
    definition: Mapping[str, Any],
    script: Any = None,
    servers: Any = None,
    *,
    timeouts_faster: float = 20.0,
) -> Iterator[InterpretedRoom]:
    """A room until the end of the block.

    :param timeouts_faster: a pause's timeout really waits, divided by this.
    """
    functions: dict[str, LambdaCall] = {}
    made: list[InterpretedRoom] = []

    def passed(seconds: float) -> None:
        made[0].passes(seconds)

    with moto_interpreter(functions, passed=passed, timeouts_faster=timeouts_faster) as interpreter:
        machine = StepFunctions(interpreter.client, interpreter.create(definition))
        room = EngineRoom(script, servers, executions=machine)
        told = InterpretedRoom(room=room, interpreter=interpreter, functions=functions)
        made.append(told)
        functions.update({name: partial(told.called, name) for name in ACTIONS})
        yield told
