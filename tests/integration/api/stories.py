"""Recovery runs as people lead them: through the API, on the embedded AWS and a quick simulator."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import boto3

from breakwater.contract import Role
from breakwater_local.drs import process as drs
from breakwater_local.emulator import ACCOUNT, Emulator
from breakwater_local.place import Place
from tests.integration.api.conftest import Api, group_of, source_servers, unique
from tests.integration.asked import Answer
from tests.integration.deployed import resources, table
from tests.integration.waiting import until

SPARE_REGION = "eu-west-2"
FAR_ACCOUNT = "123456789012"
PLACES = (
    (ACCOUNT, "eu-west-1"),
    (ACCOUNT, "eu-central-1"),
    (ACCOUNT, SPARE_REGION),
    (FAR_ACCOUNT, "eu-west-1"),
)
LOOK_SECONDS = 0.7
ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})


@dataclass(kw_only=True)
class Stories:
    """What people do with runs, and what came of it."""

    api: Api
    aws: Emulator
    place: Place

    _one_at_a_time: Lock = field(default_factory=Lock)
    """The embedded AWS runs twenty functions at once, and refuses the next."""

    @cached_property
    def known(self) -> dict[str, tuple[str, str, str]]:
        """The source servers: name → account, Region and id."""
        return {
            name: (account, region, one)
            for account, region in PLACES
            for name, one in source_servers(self.api, region=region, account=account).items()
        }

    # ---- what people do

    def wave(self, name: str, *servers: str, **more: Any) -> dict[str, Any]:
        """A wave of these servers, in a group of its own."""
        [(account, region)] = {self.known[one][:2] for one in servers}
        chosen = (self.known[one][2] for one in servers)
        body = {**group_of("story", *chosen, region=region), "accountId": account}
        group = self._done("POST", "/protection-groups", body, role=Role.PLANNER)
        return {"name": name, "groupIds": [group["groupId"]], **more}

    def start(self, *waves: dict[str, Any], **more: Any) -> str:
        """A drill of a plan of these waves; its run's id."""
        body = {"name": unique("story"), "waves": list(waves), **more}
        plan = self._done("POST", "/recovery-plans", body, role=Role.PLANNER)
        asked = {"planId": plan["planId"], "isDrill": True, "reason": "a story"}
        run = self._done("POST", "/executions", asked, role=Role.OPERATOR)
        return str(run["executionId"])

    def act(self, run: str, action: str, **more: Any) -> Any:
        """pause, resume, cancel, retry: as an operator, with a reason."""
        body = {"reason": f"a story's {action}", **more}
        return self._done("POST", f"/executions/{run}/{action}", body, role=Role.OPERATOR)

    def look(self, run: str) -> dict[str, Any]:
        """The run, as a viewer sees it."""
        found: dict[str, Any] = self._done("GET", f"/executions/{run}", role=Role.VIEWER)
        return found

    def until(self, run: str, condition: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Look until it is so."""
        found: dict[str, Any] = {}

        def is_so() -> bool:
            found.update(self.look(run))
            if condition(found):
                return True
            assert found["status"] not in ENDED, found
            return False

        until(is_so, lambda: found, every=LOOK_SECONDS)
        return found

    def call(self, method: str, path: str, body: Any = None, *, role: Role) -> Answer:
        """What the API answers."""
        with self._one_at_a_time:
            return self.api.call(method, path, body, role=role)

    def _done(self, method: str, path: str, body: Any = None, *, role: Role) -> Any:
        answer = self.call(method, path, body, role=role)
        assert answer.status < 300, (method, path, answer)
        return answer.json

    def ended(self, run: str) -> dict[str, Any]:
        """The run at its end, with nothing left of it but its record."""
        found = self.until(run, lambda it: it["status"] in ENDED)
        until(lambda: not self.leased_by(run), lambda: f"{run} still holds leases")
        return {**found, **self.look(run)}

    @contextmanager
    def broken_release(self, function: str) -> Iterator[None]:
        """While it lasts, this function of the engine cannot even be loaded."""
        [name] = [
            one
            for logical, one in resources(self.aws, "recovery", "AWS::Lambda::Function").items()
            if logical.startswith(function)
        ]
        lambda_ = self.aws.client("lambda")
        good = lambda_.get_function_configuration(FunctionName=name)["Handler"]
        lambda_.update_function_configuration(FunctionName=name, Handler="nowhere.handler")
        try:
            yield
        finally:
            lambda_.update_function_configuration(FunctionName=name, Handler=good)

    # ---- what came of it

    def machine(self, run: str) -> str:
        """How the state machine ended: SUCCEEDED, or the name of its error."""
        client = self.aws.client("stepfunctions")
        arn = self.look(run)["stateMachineExecutionArn"]

        def over() -> bool:
            return bool(client.describe_execution(executionArn=arn)["status"] != "RUNNING")

        until(over, lambda: f"{arn} does not end")
        told = client.describe_execution(executionArn=arn)
        return str(told.get("error", told["status"]))

    def largest_state(self, run: str) -> int:
        """Bytes of the state object at the state where it was largest."""
        arn = self.look(run)["stateMachineExecutionArn"]
        history = self.aws.client("stepfunctions").get_paginator("get_execution_history")
        texts = [
            event.get("stateEnteredEventDetails", {}).get("input")
            or event.get("stateExitedEventDetails", {}).get("output")
            for page in history.paginate(executionArn=arn)
            for event in page["events"]
        ]
        found = [json.dumps(json.loads(text), ensure_ascii=False) for text in texts if text]
        return max(len(one.encode()) for one in found)

    def leased_by(self, *runs: str) -> list[str]:
        """The servers that nobody else may recover because of these runs, or of any."""
        leases = table(self.aws, "data", "ServerLeases")
        items = self.aws.client("dynamodb").scan(TableName=leases)["Items"]
        return [
            item["server"]["S"] for item in items if not runs or item["executionId"]["S"] in runs
        ]

    def asked_for(self, *servers: str) -> list[int]:
        """In how many jobs of DRS's each of these servers was launched, or was to be."""
        times = Counter(self._in_jobs())
        return [times[self.known[one][2]] for one in servers]

    def _in_jobs(self) -> Iterator[str]:
        simulator = drs.find(self.place)
        assert simulator is not None
        for account, region in PLACES:
            client = boto3.client(
                "drs",
                endpoint_url=simulator.endpoint,
                region_name=region,
                aws_access_key_id=account,
                aws_secret_access_key="secret",
            )
            for page in client.get_paginator("describe_jobs").paginate(filters={}):
                for job in page["items"]:
                    if job["type"] == "LAUNCH":
                        yield from (one["sourceServerID"] for one in job["participatingServers"])


def waves(run: dict[str, Any]) -> dict[str, str]:
    """The status of each."""
    return {wave["name"]: wave["status"] for wave in run["waves"]}


def servers(run: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Name and status of each, sorted."""
    return sorted((one["name"], one["status"]) for wave in run["waves"] for one in wave["servers"])
