"""Asks AWS Elastic Disaster Recovery about source servers.

Calls, per account and Region, with n servers:

* DescribeSourceServers           one per page of all servers, or of 200 ids
* DescribeJobs                    one per page of the jobs of the last seven days
* ListRecoveryPlanExecutions      one per page and open status, where this boto3 knows it
* ListRecoveryPlanExecutionSteps  one per page of each open execution (DRS allows one per plan)
* DescribeRecoverySnapshots       one per server that is asked for: callers ask where it matters
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

from breakwater.platform import clock
from breakwater.recovery.server_directory import Inventory
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable, asking

_IDS_PER_CALL = 200
_PAGE = 200
# Nothing in DRS runs longer than a day; a job that is older than this and open is abandoned.
_JOBS_SINCE = timedelta(days=7)
_JOB_ENDED = "COMPLETED"
_PLAN_OPEN = ("CREATED", "IN_PROGRESS", "CANCELLING")
_NOT_INITIALIZED = "UninitializedAccountException"
_NOT_OFFERED = "UnknownOperationException"  # native plans are younger than DRS


class Clients(Protocol):
    """Gives AWS clients for a place."""

    def client(self, service: str, target: Target) -> Any:
        """A client; Unreachable, with the reason, where the account does not let us in."""


class DrsDirectory:
    """The directory of servers that is DRS itself."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def inventory(self, target: Target, ids: Collection[str] | None = None) -> Inventory:
        """All source servers, or those of these ids that exist."""
        drs = self._clients.client("drs", target)
        servers: dict[str, SourceServer] = {}
        with _or_nothing(_NOT_INITIALIZED):
            for filters in _filters(ids):
                for item in _all(drs.describe_source_servers, "items", filters=filters):
                    server = SourceServer.from_drs(target, item)
                    servers[server.server_id] = server
            return Inventory(servers=servers)
        return Inventory(servers={}, initialized=False)

    def page(self, target: Target, *, limit: int, token: str | None) -> Inventory:
        """One page of all source servers."""
        drs = self._clients.client("drs", target)
        more = {"nextToken": token} if token else {}
        with _or_nothing(_NOT_INITIALIZED):
            answer = _ask(drs.describe_source_servers, filters={}, maxResults=limit, **more)
            servers = [SourceServer.from_drs(target, item) for item in answer.get("items", [])]
            return Inventory(
                servers={server.server_id: server for server in servers},
                next_token=answer.get("nextToken"),
            )
        return Inventory(servers={}, initialized=False)

    def open_jobs(self, target: Target, at: datetime) -> Mapping[str, str]:
        """Server id → the job that it is in and that has not ended."""
        drs = self._clients.client("drs", target)
        since = {"fromDate": clock.iso(at - _JOBS_SINCE)}
        holders: dict[str, str] = {}
        with _or_nothing(_NOT_INITIALIZED):
            for job in _all(drs.describe_jobs, "items", filters=since):
                if job.get("status") == _JOB_ENDED:
                    continue
                for participant in job.get("participatingServers") or ():
                    if "sourceServerID" in participant:
                        holders.setdefault(participant["sourceServerID"], job["jobID"])
        return holders

    def native_executions(self, target: Target) -> Mapping[str, str]:
        """Server id → the running execution of a native DRS recovery plan that holds it."""
        drs = self._clients.client("drs", target)
        if not hasattr(drs, "list_recovery_plan_executions"):
            return {}
        holders: dict[str, str] = {}
        with _or_nothing(_NOT_INITIALIZED, _NOT_OFFERED):
            for status in _PLAN_OPEN:
                for execution in _all(
                    drs.list_recovery_plan_executions, "recoveryPlanExecutions", status=status
                ):
                    arn = execution["recoveryPlanExecutionArn"]
                    for server_id in _servers_of(drs, arn):
                        holders.setdefault(server_id, arn)
        return holders

    def newest_snapshot(self, target: Target, server_id: str) -> str | None:
        """When its newest point in time was taken; None if there is none."""
        drs = self._clients.client("drs", target)
        with _or_nothing(_NOT_INITIALIZED):
            answer = _ask(
                drs.describe_recovery_snapshots,
                sourceServerID=server_id,
                order="DESC",
                maxResults=1,
            )
            for snapshot in answer.get("items", []):
                taken = snapshot.get("timestamp") or snapshot.get("expectedTimestamp")
                return str(taken) if taken else None
        return None


def _ask(operation: Any, **parameters: Any) -> Any:
    name = getattr(operation, "__name__", "the call").replace("_", " ")
    with asking(f"DRS {name}"):
        return operation(**parameters)


@contextmanager
def _or_nothing(*codes: str) -> Iterator[None]:
    """These answers mean that there is nothing; any other is a reason."""
    try:
        yield
    except Unreachable as silent:
        if silent.code not in codes:
            raise


def _all(operation: Any, items: str, **parameters: Any) -> Iterator[Any]:
    token: str | None = None
    while True:
        more = {"nextToken": token} if token else {}
        answer = _ask(operation, maxResults=_PAGE, **parameters, **more)
        yield from answer.get(items, [])
        token = answer.get("nextToken")
        if not token:
            return


def _filters(ids: Collection[str] | None) -> Iterator[dict[str, Any]]:
    if ids is None:
        yield {}
        return
    ordered = sorted(ids)
    for start in range(0, len(ordered), _IDS_PER_CALL):
        yield {"sourceServerIDs": ordered[start : start + _IDS_PER_CALL]}


def _servers_of(drs: Any, execution: str) -> Iterator[str]:
    for step in _all(
        drs.list_recovery_plan_execution_steps,
        "recoveryPlanExecutionSteps",
        recoveryPlanExecutionArn=execution,
    ):
        servers = (step.get("configuration") or {}).get("executionServerStepConfiguration") or {}
        for server in servers.get("servers") or ():
            yield str(server.get("serverArn", "")).rpartition("/")[2]
