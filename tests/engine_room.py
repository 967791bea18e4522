"""The engine with everything around it in one process: tables (moto), DRS (the simulator), people.

Time passes only when the test says so, or while the state machine waits. `drive` does what the
state machine does, so that a test can kill the engine before any of its calls and see the same end.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from moto import mock_aws

from breakwater import contract
from breakwater.contract import Role
from breakwater.platform.http.identity import Identity
from breakwater.recovery.engine.assembly import Assembly
from breakwater.recovery.engine.drs_recovery import DrsRecovery
from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.messages import Message
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_desk import Desk, RunDesk
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.state_object import Address, execution_input
from breakwater.recovery.engine.step_functions import StepFunctions
from breakwater.recovery.engine.teller import Teller
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.recovery_plan import OnFailure, PlanContent, RecoveryPlan, Wave
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater.recovery.server_leases import ServerLeases
from breakwater.recovery.target import Target
from breakwater_local.drs.errors import ConnectionLost
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.service import HttpRequest
from tests.simulated import ACCOUNT, BEGINNING, REGION, Simulated
from tests.tables import make_table
from tests.unit.recovery.made import group_content, ids, tagged

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:recovery:live"
TABLES = {
    "groups": contract.PROTECTION_GROUPS,
    "plans": contract.RECOVERY_PLANS,
    "audit": contract.AUDIT_TRAIL,
    "leases": contract.SERVER_LEASES,
    "history": contract.EXECUTION_HISTORY,
}
SETTINGS = {
    contract.ENVIRONMENT_VARIABLE: "test",
    contract.ACCOUNT_VARIABLE: ACCOUNT,
    contract.TARGET_EXTERNAL_ID_VARIABLE: "none",
    contract.EXECUTION_HISTORY.variable: "history",
    contract.SERVER_LEASES.variable: "leases",
    contract.STATE_MACHINE_VARIABLE: MACHINE,
    contract.MESSAGES_TOPIC_VARIABLE: "none",
}
CARLA = Identity(subject="c", name="carla@example.com", roles=frozenset({Role.COMMANDER}))
OTTO = Identity(subject="o", name="otto@example.com", roles=frozenset({Role.OPERATOR}))
ENDS = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})
_MOST_LOOKS = 2000


class Killed(BaseException):
    """The function's process is gone."""


class Sent(list[tuple[str, str]]):
    """Messages to people: kind and body."""

    def __init__(self, called: Callable[[str], None]) -> None:
        super().__init__()
        self._called = called

    def send(self, message: Message, event: Event, run: Run) -> None:
        self._called("sns:Publish")
        self.append((event.kind.value, message.body))


class Callbacks:
    """Step Functions, as far as the engine calls it."""

    state_machine = MACHINE

    def __init__(self, called: Callable[[str], None]) -> None:
        self._called = called
        self.answers: dict[str, dict[str, Any]] = {}
        self.started: list[tuple[str, int]] = []
        self.how_it_ended: str | None = None

    def start(self, run: Run, cleanup: int = 0) -> str:
        self._called("states:StartExecution")
        self.started.append((run.execution_id, cleanup))
        return "arn"

    def ended(self, run: Run, cleanup: int = 0) -> str | None:
        self._called("states:DescribeExecution")
        return self.how_it_ended

    def answer(self, token: str, output: Mapping[str, Any]) -> None:
        self._called("states:SendTaskSuccess")
        self.answers.setdefault(token, json.loads(json.dumps(output)))


class Accounts:
    """Clients of the simulator, and of an EC2 that takes tags."""

    def __init__(self, room: "EngineRoom") -> None:
        self._room = room
        self._clients: dict[Any, Any] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.forgotten = 0

    def client(self, service: str, target: Target, *, once: bool = False) -> Any:
        if service == "ec2":
            return self
        if (service, target) not in self._clients:
            self._clients[service, target] = self._made(service, target)
        return self._clients[service, target]

    def forget(self, target: Target) -> None:
        self.forgotten += 1
        self._clients.clear()

    def create_tags(self, Resources: list[str], Tags: list[dict[str, str]]) -> None:  # noqa: N803
        self._room.called("ec2:CreateTags")
        for one in Resources:
            self.tags.setdefault(one, {}).update({tag["Key"]: tag["Value"] for tag in Tags})

    def _made(self, service: str, target: Target) -> Any:
        settings: Any = {"retries": {"total_max_attempts": 1}}
        client: Any = boto3.client(  # type: ignore[call-overload]
            service,
            region_name=target.region,
            aws_access_key_id=target.account_id,
            aws_secret_access_key="secret",
            config=Config(**settings),
        )
        client.meta.events.register_first("before-send", self._answer)
        client.meta.events.register("before-call", self._room.before_call)
        return client

    def _answer(self, request: Any, **_: Any) -> Any:
        """What the simulator answers, without a network between."""
        if "drs" not in request.url.split("/")[2]:
            return _response(request.url, 400, {}, _Body(b'{"__type":"NoSuchResource"}'))
        path, _, query = request.url.split("/", 3)[-1].partition("?")
        headers = {name: _text(value) for name, value in request.headers.items()}
        asked = HttpRequest(
            request.method, f"/{path}", parse_qs(query), headers, _bytes(request.body)
        )
        try:
            answer = self._room.simulated.service.answer(asked)
        except ConnectionLost as lost:
            raise ConnectionClosedError(endpoint_url=request.url) from lost
        return _response(request.url, answer.status, answer.headers, _Body(answer.body))


_response: Any = AWSResponse


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content


class EngineRoom:
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
        self.simulated = Simulated(script, servers)
        self.dynamodb: Any = boto3.client("dynamodb", region_name=REGION)
        for name, shape in TABLES.items():
            make_table(self.dynamodb, name, shape)
        self.dynamodb.meta.events.register("before-call", self.before_call)
        self.calls: list[str] = []
        self._acting = False
        self.kill_before: int | None = None
        self.meanwhile: tuple[int, Callable[[], None]] | None = None
        self.messages = Sent(self.called)
        self.callbacks = Callbacks(self.called)
        self.executions: Any = executions or self.callbacks
        self.accounts = Accounts(self)
        self.states: list[dict[str, Any]] = []
        tables = RecoveryTables(groups="groups", plans="plans", audit="audit")
        self.groups = GroupStore(self.dynamodb, tables)
        self.plans = PlanStore(self.dynamodb, tables)
        self.time_scale = time_scale
        self.fresh()

    def fresh(self) -> None:
        """Functions that have just been started: nothing is remembered."""
        assembly = Assembly(
            boto3.Session(region_name=REGION), now=self.now, told=SETTINGS.__getitem__
        )
        parts: dict[str, Any] = assembly.__dict__
        parts["dynamodb"] = self.dynamodb
        parts["accounts"] = self.accounts
        parts["service"] = DrsRecovery(self.accounts)
        parts["callbacks"] = parts["executions"] = self.executions
        parts["teller"] = Teller(
            assembly.store, self.messages, environment="test", link=lambda _: "https://portal"
        )
        self.assembly = assembly
        self.desk = RunDesk(
            Desk(
                store=assembly.store,
                plans=self.plans,
                groups=self.groups,
                directory=assembly.directory,
                leases=ServerLeases(self.dynamodb, "leases"),
                executions=self.executions,
                state_machine=self.executions.state_machine,
                audit_table="audit",
                time_scale=self.time_scale,
                clock=self.now,
            )
        )

    # ---- time and calls

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.simulated.seconds)

    def passes(self, seconds: float) -> None:
        self.simulated.passes(seconds)

    def before_call(self, model: Any, **_: Any) -> None:
        self.called(f"{model.service_model.service_name}:{model.name}")

    def called(self, name: str) -> None:
        """A call is about to be made: the moment at which a process can be gone."""
        if not self._acting:
            return  # the test looks, or a person acts
        if self.kill_before is not None and len(self.calls) >= self.kill_before:
            self.kill_before = None
            raise Killed(name)
        if self.meanwhile is not None and len(self.calls) >= self.meanwhile[0]:
            _, happens = self.meanwhile
            self.meanwhile = None
            happens()
        self.calls.append(name)

    def count(self, name: str) -> int:
        return self.calls.count(name)

    # ---- plans

    def group(self, name: str, *servers: str, region: str = REGION, **tags: str) -> str:
        """A group of these servers, or of those with these tags; its id."""
        known = self.simulated.servers(region)
        chosen = tagged(**tags) if tags else None
        if chosen is None:
            wanted = ids()
            chosen = type(wanted)(ids=tuple(known[one] for one in servers))
        content = group_content(name, chosen, region=region)
        return self.groups.create(content, CARLA, self.now()).group_id

    def plan(self, name: str, *waves: Wave, **more: Any) -> RecoveryPlan:
        """A plan of these waves."""
        return self.plans.create(PlanContent(name=name, waves=waves, **more), CARLA, self.now())

    def wave(self, name: str, *servers: str, region: str = REGION, **more: Any) -> Wave:
        """A wave of these servers."""
        return Wave(name=name, group_ids=(self.group(name, *servers, region=region),), **more)

    def sample(self, **more: Any) -> RecoveryPlan:
        """database → app A and app B together → web."""
        return self.plan(
            "shop",
            self.wave("database", "db-01", "db-02"),
            self.wave("app a", "app-a-01", "app-a-02", depends_on=("database",)),
            self.wave("app b", "app-b-01", depends_on=("database",), region="eu-central-1"),
            self.wave("web", "web-01", depends_on=("app a", "app b"), region="eu-central-1"),
            **more,
        )

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
            self._acting = True
            try:
                result = self._once(action, json.loads(json.dumps(event)))
            except Killed:
                self.fresh()
                self.passes(2.0)
            else:
                return json.loads(json.dumps(result))
            finally:
                self._acting = False

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


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode()


__all__ = ["CARLA", "OTTO", "ClientError", "EngineRoom", "OnFailure", "engine_room"]
