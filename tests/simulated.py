"""A simulator for tests, with a clock in the test's hands."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from breakwater_local.drs.clock import Clock
from breakwater_local.drs.files.script import Script, read_script
from breakwater_local.drs.files.servers import SAMPLE, ServersFile, names, read_servers
from breakwater_local.drs.gate import Gate, OpenGate
from breakwater_local.drs.nowhere import Nowhere
from breakwater_local.drs.outbox import Cloud
from breakwater_local.drs.service import HttpRequest, Service
from breakwater_local.drs.simulation import Simulation
from breakwater_local.drs.wire.model import operations

ACCOUNT = "111122223333"
REGION = "eu-west-1"
OTHER_REGION = "eu-central-1"
BEGINNING = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
MINUTE = 60.0
HOUR = 3600.0
LONG_ENOUGH = 30 * MINUTE
"""After which every job without scripted delays is COMPLETED."""


class Simulated:
    """A simulation at speed 1, whose time passes when the test says so."""

    def __init__(
        self,
        script: Script | None = None,
        servers: ServersFile | None = None,
        *,
        cloud: Cloud | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.seconds = 0.0
        self.simulation = Simulation(
            servers or read_servers(),
            script or Script(),
            cloud or Nowhere(),
            lambda: Clock(1.0, started=BEGINNING, elapsed=lambda: self.seconds),
            gate,
        )
        self.service = Service(self.simulation, gate or OpenGate())

    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.seconds += seconds

    def ask(
        self, name: str, /, *, region: str = REGION, account: str = ACCOUNT, **params: Any
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of an operation's answer; its parameters as the API writes them."""
        operation = operations()[name]
        path, query = operation.path, {}
        if "{resourceArn}" in path:
            path = path.replace("{resourceArn}", quote(params.pop("resourceArn"), safe=""))
        if operation.method == "DELETE":
            query = {"tagKeys": params.pop("tagKeys")}
        scope = f"{account}/20260301/{region}/drs/aws4_request"
        answer = self.service.answer(
            HttpRequest(
                operation.method,
                path,
                query,
                {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"},
                json.dumps(params).encode() if operation.method == "POST" else b"",
            )
        )
        return answer.status, json.loads(answer.body) if answer.body else {}

    def done(self, name: str, /, **params: Any) -> dict[str, Any]:
        """The body of an answer that is no error."""
        status, body = self.ask(name, **params)
        assert status < 300, (name, status, body)
        return body

    def servers(self, region: str = REGION) -> dict[str, str]:
        """The ids of the source servers, by name."""
        found: dict[str, str] = {}
        more: dict[str, str] = {}
        while True:
            page = self.done("DescribeSourceServers", region=region, **more)
            found |= {item["tags"]["Name"]: item["sourceServerID"] for item in page["items"]}
            if "nextToken" not in page:
                return found
            more = {"nextToken": page["nextToken"]}

    def start(self, *server_names: str, region: str = REGION, **params: Any) -> str:
        """A drill of these servers; the id of its job."""
        known = self.servers(region)
        wanted = [{"sourceServerID": known[name]} for name in server_names]
        params = {"isDrill": True, **params}
        job = self.done("StartRecovery", region=region, sourceServers=wanted, **params)["job"]
        return str(job["jobID"])

    def job(self, job_id: str, region: str = REGION) -> dict[str, Any]:
        """A job as DescribeJobs shows it."""
        [job] = self.done("DescribeJobs", region=region, filters={"jobIDs": [job_id]})["items"]
        assert isinstance(job, dict)
        return job

    def log(self, job_id: str, region: str = REGION) -> list[dict[str, Any]]:
        """The log of a job."""
        items = self.done("DescribeJobLogItems", region=region, jobID=job_id)["items"]
        assert isinstance(items, list)
        return items

    def statuses(self, job_id: str) -> list[str]:
        """The launch statuses of a job's servers."""
        return [one["launchStatus"] for one in self.job(job_id)["participatingServers"]]


def scripted(directory: Path, text: str, servers: ServersFile | None = None) -> Script:
    """The script in this YAML, about these servers."""
    path = directory / "faults.yaml"
    path.write_text(text, encoding="utf-8")
    return read_script(path, names(servers or read_servers(SAMPLE)))


def servers_file(directory: Path, text: str) -> ServersFile:
    """The servers in this YAML."""
    path = directory / "servers.yaml"
    path.write_text(text, encoding="utf-8")
    return read_servers(path)
