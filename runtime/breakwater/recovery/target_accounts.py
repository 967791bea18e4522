"""AWS clients for the accounts that groups are in: our own directly, others by their role.

Calls sts AssumeRole, once per account and hour. The role is named in the contract; its trust
policy names the role that runs this, and asks for the environment's ExternalId.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from breakwater.platform.late import MAKING
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable, asking

# A person waits for what is asked here, one question after the other: a place that hangs is told
# of, not waited for.
PATIENCE = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=10,
)
# For what must not be done twice: asked once, and waited for.
ONCE = Config(
    connect_timeout=2,
    read_timeout=30,
    retries={"total_max_attempts": 1, "mode": "standard"},
    max_pool_connections=10,
)
_CLIENTS_KEPT = 64
"""Whoever may read may name any account and Region: what was made for them does not pile up."""

_SESSION_SECONDS = 3600  # the most that a role assumed by a role may have
_BEFORE_EXPIRY = timedelta(minutes=5)
_SESSION_NAME = "breakwater"

if TYPE_CHECKING:
    from types_boto3_sts import STSClient

MakeClient = Callable[[str, str, Mapping[str, Any] | None, Config], Any]


class Sts(Protocol):
    """What is called of STS."""

    def assume_role(self, **parameters: Any) -> Any:
        """AssumeRole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assumed:
    credentials: Mapping[str, Any]
    until: datetime


class TargetAccounts:
    """Clients per service, account and Region; safe to use from several threads."""

    def __init__(
        self,
        sts: "Sts | STSClient | None" = None,
        *,
        own_account: str,
        role_name: str,
        external_id: str,
        clock: Callable[[], datetime],
        partition: str = "aws",
        make_client: MakeClient | None = None,
    ) -> None:
        """
        :param sts: default: made when the first other account is reached, not at a cold start.
        :param own_account: the account that this runs in; it is not assumed into.
        :param external_id: without it a role does not let us in, so that nobody can send us into
            an account of theirs to reach another.
        """
        self._sts = sts
        self._own_account = own_account
        self._role_name = role_name
        self._external_id = external_id
        self._clock = clock
        self._partition = partition
        self._make_client = make_client or _boto3_client
        self._assumed: dict[str, _Assumed] = {}
        self._clients: dict[tuple[str, Target, bool], tuple[datetime | None, Any]] = {}
        self._lock = threading.Lock()

    def client(self, service: str, target: Target, *, once: bool = False) -> Any:
        """A client; Unreachable, with the reason, where the account does not let us in.

        :param once: never sends a request again by itself.
        """
        now = self._clock()
        until, client = self._clients.get((service, target, once), (now, None))
        if client is not None and (until is None or now < until):
            return client
        assumed = None
        if target.account_id != self._own_account:
            # Outside the lock: an account that is slow to answer holds nobody up but itself.
            assumed = self._assume(target.account_id, now)
        # boto3 makes clients one at a time; what it makes may be shared.
        with self._lock:
            client = self._make_client(
                service,
                target.region,
                assumed.credentials if assumed else None,
                ONCE if once else PATIENCE,
            )
            self._clients[service, target, once] = (assumed.until if assumed else None, client)
            while len(self._clients) > _CLIENTS_KEPT:
                del self._clients[next(iter(self._clients))]
        return client

    def forget(self, target: Target) -> None:
        """AWS no longer accepts the session: the next client has a new one."""
        with self._lock:
            self._assumed.pop(target.account_id, None)
            for known in [one for one in self._clients if one[1].account_id == target.account_id]:
                del self._clients[known]

    def _assume(self, account_id: str, now: datetime) -> _Assumed:
        held = self._assumed.get(account_id)
        if held is not None and now < held.until:
            return held
        role = f"arn:{self._partition}:iam::{account_id}:role/{self._role_name}"
        with asking(f"sts AssumeRole of {role}"):
            try:
                answer = self._sts_client().assume_role(
                    RoleArn=role,
                    RoleSessionName=_SESSION_NAME,
                    ExternalId=self._external_id,
                    DurationSeconds=_SESSION_SECONDS,
                )
            except ClientError as error:
                reason = _refusal(account_id, role, error)
                if reason is None:
                    raise
                raise Unreachable(reason) from error
        credentials = answer["Credentials"]
        assumed = _Assumed(
            credentials=credentials, until=credentials["Expiration"] - _BEFORE_EXPIRY
        )
        self._assumed[account_id] = assumed
        return assumed

    def _sts_client(self) -> Any:
        with self._lock:
            if self._sts is None:
                with MAKING:
                    self._sts = boto3.client("sts", config=PATIENCE)
            return self._sts


def _refusal(account_id: str, role: str, error: ClientError) -> str | None:
    told = error.response.get("Error", {})
    code, message = told.get("Code", ""), told.get("Message", "")
    if code in ("AccessDenied", "AccessDeniedException"):
        return (
            f"Account {account_id} does not let Breakwater in: AWS refused AssumeRole of {role} "
            f"({message}). AWS does not say which of these it is: the role does not exist, its "
            "trust policy does not name this deployment, its ExternalId is not that of this "
            "environment, or this deployment may not assume roles there."
        )
    if code in ("NoSuchEntity", "NoSuchEntityException"):
        return f"Account {account_id} has no role {role} ({message}): deploy it there."
    if code == "RegionDisabledException":
        return f"STS is turned off in account {account_id} for this Region ({message})."
    return None


def _boto3_client(
    service: str, region: str, credentials: Mapping[str, Any] | None, config: Config
) -> Any:
    keys: dict[str, str] = {}
    if credentials is not None:
        keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
    # By its name in a variable: the service is data here, so no overload of boto3 fits.
    make: Any = boto3.client
    # All of one session: with one of its own each would read the models of DRS and EC2 anew, and
    # hold them: a second and 170 MB for five Regions.
    with MAKING:
        return make(service, region_name=region, config=config, **keys)
