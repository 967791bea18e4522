"""What a call of the DRS simulator costs when it holds a great deal, beside one that holds little.

It must never dominate what is measured on it: 1,000 servers in five Regions and 50 jobs under way,
against ten servers and one job; per item of the answer, in one run, in turns.
"""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.measure import Row
from breakwater_local.drs.clock import Clock
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.gate import OpenGate
from breakwater_local.drs.nowhere import Nowhere
from breakwater_local.drs.server import Server
from breakwater_local.drs.service import Service
from breakwater_local.drs.simulation import Simulation

ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "eu-west-2", "eu-central-1", "eu-north-1", "us-east-1")
BUDGET = 3.0
REPETITIONS = 25
_SMALL, _LARGE = (1, 10, 1), (5, 200, 10)
"""Regions, servers in each, jobs in each."""


def rows() -> Iterator[Row]:
    """Each call, its cost per item returned in both simulators, and the ratio of the two."""
    with ExitStack() as stack:
        small = stack.enter_context(_simulator(*_SMALL))
        large = stack.enter_context(_simulator(*_LARGE))
        questions: list[tuple[str, Callable[[_Caller], dict[str, Any]]]] = [
            ("DescribeSourceServers", lambda _: {}),
            ("DescribeJobs", lambda _: {}),
            ("DescribeSourceServers", lambda one: one.about_a_server()),
            ("DescribeJobs", lambda one: one.about_a_job()),
        ]
        for operation, asking in questions:
            yield _row(operation, (small, asking(small)), (large, asking(large)))


class _Caller:
    """Calls one simulator over HTTP, as a client does, without a client's own costs."""

    def __init__(self, endpoint: str) -> None:
        self._host = endpoint.removeprefix("http://")

    def ask(self, operation: str, params: dict[str, Any], region: str = REGIONS[0]) -> Any:
        scope = f"{ACCOUNT}/20260301/{region}/drs/aws4_request"
        connection = http.client.HTTPConnection(self._host, timeout=30)
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"}
        connection.request("POST", f"/{operation}", json.dumps(params), headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        if answer.status >= 300:
            raise RuntimeError(f"{operation} answered {answer.status}: {body}")
        return body

    def about_a_server(self) -> dict[str, Any]:
        last = self.ask("DescribeSourceServers", {})["items"][-1]
        return {"filters": {"sourceServerIDs": [last["sourceServerID"]]}}

    def about_a_job(self) -> dict[str, Any]:
        oldest = self.ask("DescribeJobs", {})["items"][-1]
        return {"filters": {"jobIDs": [oldest["jobID"]]}}


@contextmanager
def _simulator(regions: int, servers: int, jobs: int) -> Iterator[_Caller]:
    """One that holds so much, with its jobs under way, in the middle of their snapshots."""
    profiles = [{"name": f"server-{number}"} for number in range(servers)]
    worlds = [{"account": ACCOUNT, "region": one, "servers": profiles} for one in REGIONS[:regions]]
    seconds = [0.0]
    simulation = Simulation(
        ServersFile.model_validate({"worlds": worlds}),
        Script(),
        Nowhere(),
        lambda: Clock(1.0, elapsed=lambda: seconds[0]),
    )
    with Server(simulation, Service(simulation, OpenGate()), ticking=False) as server:
        caller = _Caller(server.endpoint)
        for region in REGIONS[:regions]:
            items = caller.ask("DescribeSourceServers", {}, region)["items"]
            ids = [{"sourceServerID": item["sourceServerID"]} for item in items]
            each = len(ids) // jobs
            for number in range(jobs):
                chosen = ids[number * each : (number + 1) * each]
                params = {"sourceServers": chosen, "isDrill": True}
                caller.ask("StartRecovery", params, region)
        seconds[0] = 200.0
        yield caller


def _row(
    operation: str,
    small: tuple[_Caller, dict[str, Any]],
    large: tuple[_Caller, dict[str, Any]],
) -> Row:
    costs: dict[str, list[float]] = {"small": [], "large": []}
    counts = {"small": 0, "large": 0}
    for _ in range(REPETITIONS):
        for which, (caller, params) in (("small", small), ("large", large)):
            began = time.perf_counter()
            items = caller.ask(operation, params)["items"]
            costs[which].append((time.perf_counter() - began) / len(items))
            counts[which] = len(items)
    less, more = (statistics.median(costs[which]) for which in ("small", "large"))
    of_one = ", of one" if large[1] else ""
    return Row(
        what=f"{operation}{of_one}, per item: 1,000 servers in 5 Regions, 50 jobs",
        measured=f"{more * 1000:.2f} ms ({counts['large']} items)",
        against="the same with 10 servers and 1 job",
        reference=f"{less * 1000:.2f} ms ({counts['small']} items)",
        ratio=more / less,
        budget=f"{BUDGET:.0f} x",
        kept=more / less <= BUDGET,
    )
