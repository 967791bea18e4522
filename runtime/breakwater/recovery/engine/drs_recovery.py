"""DRS and EC2 as the engine uses them.

Calls, per account and Region:

* DescribeJobs                  one per page of 1,000 ids, or of all jobs since a time
* DescribeJobLogItems           one per page of a job's log
* DescribeRecoveryInstances     one per 200 servers or instances
* GetLaunchConfiguration        one per server whose instance is stopped
* StartRecovery, TerminateRecoveryInstances, CreateTags   one per job, step, and 500 instances
* GetServiceQuota               three per account and Region and hour
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from breakwater.platform import clock
from breakwater.recovery.engine.job_queue import Quotas
from breakwater.recovery.engine.recovery_service import (
    Busy,
    Full,
    NotStarted,
    Refused,
    TooFast,
    Unclear,
)
from breakwater.recovery.engine.seen import SeenInstance, SeenJob, ServerLog, server_logs
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable, asking

Answer = TypeVar("Answer")
_JOB_IDS_PER_CALL = 1000
_IDS_PER_CALL = 200
_TAGGED_PER_CALL = 500
_QUOTAS_FRESH_SECONDS = 3600.0
_CLOCKS_DIFFER = timedelta(minutes=5)
_EXPIRED = frozenset({"ExpiredTokenException", "ExpiredToken"})
_ABOUT_SERVERS = frozenset({"ResourceNotFoundException", "ValidationException"})
_TOO_MANY = 429
_SECONDS_TO_COME_BACK = 30.0
_QUOTA_CODES = {
    "servers_per_job": "L-B827C881",
    "jobs": "L-D88FAC3A",
    "servers_in_jobs": "L-05AFA8C6",
}
# The request did not reach AWS, so nothing was done.
_NOT_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)


class Accounts(Protocol):
    """Gives AWS clients for a place."""

    def client(self, service: str, target: Target, *, once: bool = False) -> Any:
        """A client; Unreachable where the account does not let us in."""

    def forget(self, target: Target) -> None:
        """The session is no longer accepted."""


class DrsRecovery:
    """The recovery service that is DRS itself."""

    def __init__(
        self, accounts: Accounts, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = accounts
        self._monotonic = monotonic
        self._quotas: dict[Target, tuple[float, Quotas]] = {}

    def jobs(self, target: Target, job_ids: Collection[str]) -> Mapping[str, SeenJob]:
        """These jobs, by id."""
        found: dict[str, SeenJob] = {}
        for part in _parts(job_ids, _JOB_IDS_PER_CALL):
            for item in self._all(target, "describe_jobs", filters={"jobIDs": part}):
                found[item["jobID"]] = SeenJob.from_drs(item)
        return found

    def jobs_since(self, target: Target, since: datetime) -> list[SeenJob]:
        """Every job there since then, whoever started it."""
        filters = {"fromDate": clock.iso(since - _CLOCKS_DIFFER)}
        return [
            SeenJob.from_drs(item) for item in self._all(target, "describe_jobs", filters=filters)
        ]

    def log(self, target: Target, job_id: str) -> Mapping[str, ServerLog]:
        """What the job's log says, by source server."""
        return server_logs(list(self._all(target, "describe_job_log_items", jobID=job_id)))

    def instances_of(self, target: Target, server_ids: Collection[str]) -> list[SeenInstance]:
        """The recovery instances of these source servers."""
        return list(self._instances(target, "sourceServerIDs", server_ids))

    def instances(
        self, target: Target, instance_ids: Collection[str]
    ) -> Mapping[str, SeenInstance]:
        """These recovery instances, by id; what DRS does not know is left out."""
        found = self._instances(target, "recoveryInstanceIDs", instance_ids)
        return {one.instance_id: one for one in found}

    def stays_stopped(self, target: Target, server_id: str) -> bool:
        """Does its launch configuration say that it is not to be started?"""
        told = self._ask(target, "get_launch_configuration", sourceServerID=server_id)
        return bool(told.get("launchDisposition") == "STOPPED")

    def quotas(self, target: Target) -> Quotas:
        """What DRS allows there; the defaults where Service Quotas does not answer."""
        now = self._monotonic()
        asked, known = self._quotas.get(target, (-_QUOTAS_FRESH_SECONDS, Quotas()))
        if now - asked >= _QUOTAS_FRESH_SECONDS:
            known = self._read_quotas(target)
            self._quotas[target] = (now, known)
        return known

    def start(
        self,
        target: Target,
        server_ids: Collection[str],
        *,
        is_drill: bool,
        tags: Mapping[str, str],
    ) -> SeenJob:
        """StartRecovery, once: NotStarted or Unclear if there is no clear yes."""
        answer = self._once(
            target,
            "start_recovery",
            sourceServers=[{"sourceServerID": one} for one in server_ids],
            isDrill=is_drill,
            tags=dict(tags),
        )
        return SeenJob.from_drs(answer["job"])

    def terminate(self, target: Target, instance_ids: Collection[str]) -> str:
        """TerminateRecoveryInstances: the job; NotStarted or Unclear."""
        answer = self._once(
            target, "terminate_recovery_instances", recoveryInstanceIDs=list(instance_ids)
        )
        return str(answer["job"]["jobID"])

    def tag(self, target: Target, instance_ids: Collection[str], tags: Mapping[str, str]) -> None:
        """Tag instances in EC2."""
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        for part in _parts(instance_ids, _TAGGED_PER_CALL):
            with asking("EC2 CreateTags"):
                self._accounts.client("ec2", target).create_tags(Resources=part, Tags=pairs)

    def _read_quotas(self, target: Target) -> Quotas:
        values: dict[str, int] = {}
        for name, code in _QUOTA_CODES.items():
            try:
                with asking("Service Quotas GetServiceQuota"):
                    client = self._accounts.client("service-quotas", target)
                    answer = client.get_service_quota(ServiceCode="drs", QuotaCode=code)
            except Unreachable:
                return Quotas()  # the defaults are AWS's own; what stops one stops the others
            values[name] = int(answer["Quota"]["Value"])
        return Quotas(**values)

    def _instances(self, target: Target, by: str, ids: Collection[str]) -> Iterator[SeenInstance]:
        for part in _parts(ids, _IDS_PER_CALL):
            items = self._all(target, "describe_recovery_instances", filters={by: part})
            yield from (SeenInstance.from_drs(item) for item in items)

    def _all(self, target: Target, operation: str, **parameters: Any) -> Iterator[Any]:
        token: str | None = None
        while True:
            more = {"nextToken": token} if token else {}
            answer = self._ask(target, operation, **parameters, **more)
            yield from answer.get("items", [])
            token = answer.get("nextToken")
            if not token:
                return

    def _ask(self, target: Target, operation: str, **parameters: Any) -> Any:
        try:
            return self._asked(target, operation, parameters)
        except Unreachable as silent:
            if silent.code not in _EXPIRED:
                raise
        self._accounts.forget(target)
        return self._asked(target, operation, parameters)

    def _asked(self, target: Target, operation: str, parameters: Mapping[str, Any]) -> Any:
        client = self._accounts.client("drs", target)
        with asking(f"DRS {operation.replace('_', ' ')} in {target}"):
            return getattr(client, operation)(**parameters)

    def _once(self, target: Target, operation: str, **parameters: Any) -> Any:
        try:
            client = self._accounts.client("drs", target, once=True)
        except Unreachable as silent:
            # What refuses to let us in is told as long as it lasts; no server has failed for it.
            raise TooFast(silent.reason, _SECONDS_TO_COME_BACK) from silent
        try:
            return getattr(client, operation)(**parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _EXPIRED:
                self._accounts.forget(target)
                raise TooFast("the session had expired", 0) from error
            raise _meaning(error) from error
        except _NOT_SENT as error:
            raise TooFast(f"DRS could not be reached: {error}", 5) from error
        except BotoCoreError as error:
            raise Unclear(f"DRS did not answer: {error}") from error


def _meaning(error: ClientError) -> NotStarted | Unclear:
    told: Any = error.response.get("Error", {})
    code, message = told.get("Code", ""), told.get("Message", "")
    said = f"DRS said {code}: {message}" if message else f"DRS said {code or 'nothing'}"
    body: Any = error.response
    match code:
        case "ConflictException":
            return Busy(said, body.get("resourceId"))
        case "ServiceQuotaExceededException":
            return Full(said)
        case "ThrottlingException" | "TooManyRequestsException":
            return TooFast(said, _seconds(error))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if status >= 500:
        return Unclear(said)
    if status == _TOO_MANY:
        return TooFast(said, _seconds(error))
    return Refused(said, about_servers=code in _ABOUT_SERVERS)


def _seconds(error: ClientError) -> float:
    body: Any = error.response
    headers = body.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    told = body.get("retryAfterSeconds") or headers.get("retry-after") or 5
    try:
        return min(120.0, max(1.0, float(told)))
    except ValueError:
        return 5.0


def _parts(ids: Collection[str], size: int) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
