"""Whole recoveries on the embedded AWS: what Step Functions and functions add to what DRS needs.

A chain of three waves and the diamond of the sample run side by side, on servers of their own. The
simulator is twenty times faster than DRS, the state machine's waits and the minutes of plans
alike, so that what the product adds weighs twenty times as much here as on AWS.
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from benchmarks.empty_function import asking, empty_function
from benchmarks.measure import Row, in_turns, shown
from breakwater import contract
from breakwater.contract import Role
from breakwater_local import deployment, emulator
from breakwater_local.deployment import ENVIRONMENT, stack_outputs
from breakwater_local.drs import process as drs
from breakwater_local.drs.job import WINDING_UP
from breakwater_local.emulator import ACCOUNT, Emulator
from breakwater_local.lock import exclusive
from breakwater_local.managed_login import Site
from breakwater_local.operations import Operations
from breakwater_local.place import Place
from breakwater_local.sample_people import PEOPLE, invite_sample_people
from tests.integration.conftest import free_port
from tests.integration.deployed import resources
from tests.unit.recovery.engine.test_waits import launching, looks_until

SPEED = 20
PATH_BUDGET = 1.03
FIRST_BUDGET = 3.0
EVENTS_BUDGET = 12_500
LOOKS_BUDGET = 20
REGION = "eu-west-1"
PATIENCE_SECONDS = 420.0
REFERENCE_RUNS = 15
FUNCTIONS_BEFORE = {"the request": 3, "a resume": 2}
"""The API's, then `begin` and `update_wave_status`, or `resume_wave`: what an empty system would
have called as well before its first StartRecovery. Of these only the first is waited for, and
that one goes on while the next ones run."""
Graph = Mapping[str, tuple[str, ...]]
CHAIN: Graph = {"one": (), "two": ("one",), "three": ("two",)}
DIAMOND: Graph = {
    "database": (),
    "app-a": ("database",),
    "app-b": ("database",),
    "web": ("app-a", "app-b"),
}
WARM: Graph = {"only": ()}
SERVERS = {
    "chain": tuple(CHAIN),
    "diamond": tuple(DIAMOND),
    "first-warm": tuple(WARM),
    "second-warm": tuple(WARM),
}


@dataclass(kw_only=True)
class Recovered:
    """A run that is over, and when it was asked for."""

    run: dict[str, Any]
    asked: float

    @property
    def name(self) -> str:
        """Of its plan."""
        return str(self.run["planName"])


def rows() -> Iterator[Row]:
    """An embedded AWS of its own is started, measured and ended."""
    with TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            aws, simulator = _brought_up(place)
            yield from _measured(aws, simulator)
        finally:
            drs.stop(place)
            emulator.stop(place)


def _brought_up(place: Place) -> tuple[Emulator, drs.Simulator]:
    servers = place.state / "servers.yaml"
    names = [f"{plan}-{wave}" for plan, waves in SERVERS.items() for wave in waves]
    listed = "".join(f"      - {{name: {name}}}\n" for name in names)
    servers.parent.mkdir(parents=True, exist_ok=True)
    servers.write_text(
        f"worlds:\n  - account: '{ACCOUNT}'\n    region: {REGION}\n    servers:\n{listed}"
    )
    with exclusive(place.lock) as lock:
        aws = emulator.start(place, lock, free_port(), SPEED)
        simulator = drs.start(place, lock, aws_endpoint=aws.endpoint, speed=SPEED, servers=servers)
        deployment.deploy(place, aws, simulator, lock)
    _slow_down(aws)
    return aws, simulator


def _slow_down(aws: Emulator) -> None:
    """The environment `local` counts minutes sixty times faster; here it is the simulator's."""
    lambda_ = aws.client("lambda")
    for part in contract.STACKS:
        for name in resources(aws, part, "AWS::Lambda::Function").values():
            told = lambda_.get_function_configuration(FunctionName=name)
            variables = told.get("Environment", {}).get("Variables", {})
            if contract.TIME_SCALE_VARIABLE in variables:
                lambda_.update_function_configuration(
                    FunctionName=name,
                    Environment={
                        "Variables": {**variables, contract.TIME_SCALE_VARIABLE: str(SPEED)}
                    },
                )


def _measured(aws: Emulator, simulator: drs.Simulator) -> Iterator[Row]:
    outputs = stack_outputs(aws, contract.stack_name(ENVIRONMENT, "api"))
    site = Site(aws, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
    url = outputs[contract.API_URL_OUTPUT]
    invite_sample_people(aws, outputs[contract.USER_POOL_OUTPUT])
    [commander] = [person for person in PEOPLE if person.role is Role.COMMANDER]
    people = Operations(site, url, commander)
    resumed = _held_and_resumed(people, simulator)
    done = _recovered(people, simulator)
    drs_client: Any = boto3.client(
        "drs",
        endpoint_url=simulator.endpoint,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="none",
        region_name=REGION,
    )
    for one in done:
        yield _path(one, drs_client)
    ask = asking(empty_function(aws))
    empty = in_turns(ask, ask, REFERENCE_RUNS).seconds
    moments = {"the request": min(one.asked for one in done), "a resume": resumed}
    yield from _first(moments, _started(simulator), empty)
    yield from _history(aws, done)


def _held_and_resumed(people: Operations, simulator: drs.Simulator) -> float:
    """Somebody lets a held wave go, twice; the moment of the second time, for by then every
    function has been called once, as on any working day. Both runs go on beside the next ones."""
    resumed = 0.0
    until = time.monotonic() + PATIENCE_SECONDS
    for before, name in enumerate(("first-warm", "second-warm")):
        run = _start(people, _plan(people, name, WARM, held="only"))
        while people.get(f"/executions/{run}")["status"] != "PAUSED":
            assert time.monotonic() < until, f"{run} is not paused"
            time.sleep(0.2)
        resumed = time.time()
        people.post(f"/executions/{run}/resume", {"reason": "measured"})
        while len(_started(simulator)) == before:
            assert time.monotonic() < until, f"{run} starts nothing"
            time.sleep(0.2)
    return resumed


def _recovered(people: Operations, simulator: drs.Simulator) -> list[Recovered]:
    """Side by side; the second is asked for when the first has a job, because two that begin in
    the same instant need functions that have never been called."""
    plans = [_plan(people, "chain", CHAIN), _plan(people, "diamond", DIAMOND)]
    going: dict[str, Recovered] = {}
    until = time.monotonic() + PATIENCE_SECONDS
    for plan in plans:
        asked, before = time.time(), len(_started(simulator))
        going[_start(people, plan)] = Recovered(run={}, asked=asked)
        while len(_started(simulator)) == before:
            assert time.monotonic() < until, f"{plan} starts nothing"
            time.sleep(0.2)
    while open_runs := [run for run, one in going.items() if not one.run.get("endedAt")]:
        assert time.monotonic() < until, f"{open_runs} did not end"
        time.sleep(0.5)
        for run in open_runs:
            going[run].run = people.get(f"/executions/{run}")
    for one in going.values():
        assert one.run["status"] == "COMPLETED", one.run["cause"]
    return list(going.values())


def _start(people: Operations, plan: str) -> str:
    body = {"planId": plan, "isDrill": True, "reason": "measured"}
    return str(people.post("/executions", body)["executionId"])


def _plan(people: Operations, name: str, waves: Graph, held: str = "") -> str:
    found = people.every("/source-servers", accountId=ACCOUNT, region=REGION)
    servers = {one["name"]: one["sourceServerId"] for one in found}
    made = []
    for wave, before in waves.items():
        group = {
            "name": f"{name} {wave}",
            "accountId": ACCOUNT,
            "region": REGION,
            "servers": {"ids": [servers[f"{name}-{wave}"]]},
        }
        made.append(
            {
                "name": wave,
                "groupIds": [people.post("/protection-groups", group)["groupId"]],
                "dependsOn": list(before),
                "pauseBefore": wave == held,
            }
        )
    return str(people.post("/recovery-plans", {"name": name, "waves": made})["planId"])


def _path(one: Recovered, client: Any) -> Row:
    run = one.run
    jobs = {
        job["jobID"]: job
        for page in client.get_paginator("describe_jobs").paginate()
        for job in page["items"]
    }
    own: dict[str, float] = {}
    for job in run["jobs"]:
        own[job["wave"]] = max(own.get(job["wave"], 0.0), _seconds(jobs[job["jobId"]]))
    ends: dict[str, float] = {}
    for wave in run["waves"]:
        ends[wave["name"]] = own[wave["name"]] + max(
            (ends[before] for before in wave["dependsOn"]), default=0.0
        )
    critical = max(ends.values())
    total = _moment(run["endedAt"]) - one.asked
    return Row(
        what=f"the {one.name}: from the request to the end",
        measured=f"{total:.1f} s",
        against="the longest chain of jobs, from their start to their last server RUNNING",
        reference=f"{critical:.1f} s",
        ratio=total / critical,
        budget=f"≤ {PATH_BUDGET} ×",
        kept=total <= PATH_BUDGET * critical,
    )


def _seconds(job: Mapping[str, Any]) -> float:
    """From the start of a job to its last server RUNNING: the job itself ends a little later."""
    whole = job["endDateTime"], job["creationDateTime"]
    ended, started = (_moment(one) for one in whole)
    return ended - started - WINDING_UP / SPEED


def _started(simulator: drs.Simulator) -> list[float]:
    return [
        _moment(call["at"]) for call in simulator.calls() if call["operation"] == "StartRecovery"
    ]


def _first(moments: Mapping[str, float], started: list[float], empty: float) -> Iterator[Row]:
    for what, moment in moments.items():
        took = min(at for at in started if at > moment) - moment
        reference = empty * FUNCTIONS_BEFORE[what]
        yield Row(
            what=f"from {what} to the first StartRecovery",
            measured=shown(took),
            against=f"{FUNCTIONS_BEFORE[what]} empty functions behind the same kind of API",
            reference=shown(reference),
            ratio=took / reference,
            budget=f"{FIRST_BUDGET:.0f} s",
            kept=took <= FIRST_BUDGET,
        )


def _history(aws: Emulator, done: list[Recovered]) -> Iterator[Row]:
    """Events of one look as they are, times the looks of a day as the engine decides them."""
    for one in done:
        pages = (
            aws.client("stepfunctions")
            .get_paginator("get_execution_history")
            .paginate(executionArn=one.run["stateMachineExecutionArn"])
        )
        events = [event for page in pages for event in page["events"]]
        looks = [
            number
            for number, event in enumerate(events)
            if event["type"] == "TaskStateEntered"
            and event["stateEnteredEventDetails"]["name"] == "UpdateWaveStatus"
        ]
        # A pause between two looks has events of its own, once.
        per_look = math.ceil(median(after - before for before, after in pairwise(looks)))
        a_day = per_look * looks_until(launching(), 24 * 60, anew=True)
        yield Row(
            what=f"events of a look at the {one.name} ({len(events)} in all), in a day of waves",
            measured=f"{per_look} each, {a_day:,} a day",
            against="half of what an execution may have",
            reference=f"{EVENTS_BUDGET:,}",
            ratio=None,
            budget=f"≤ {EVENTS_BUDGET:,}",
            kept=a_day <= EVENTS_BUDGET,
        )
        quarters = sum(_moment(w["endedAt"]) - _moment(w["startedAt"]) for w in one.run["waves"])
        yield Row(
            what=f"looks at the {one.name}, for each 15 minutes of its waves",
            measured=f"{len(looks) / (quarters * SPEED / 900):.1f}",
            against="the budget",
            reference=str(LOOKS_BUDGET),
            ratio=None,
            budget=f"≤ {LOOKS_BUDGET}",
            kept=len(looks) / (quarters * SPEED / 900) <= LOOKS_BUDGET,
        )


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
