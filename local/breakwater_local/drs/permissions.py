"""Who a caller is and what its role allows, asked of the embedded AWS.

A request does not tell its role. What it tells is an access key id, whose account STS knows, and
`app/<name>` in the user agent, which our functions set to their own name: function, its role, and
IAM's policy simulation on that role. Whoever is no function of that account may do anything, as
the emulator's root key may; so may a function that assumed a role of another account, since which
role that is, no request tells.
"""

import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from botocore.exceptions import ClientError

from breakwater_local.drs.embedded_aws import EmbeddedAws
from breakwater_local.drs.gate import DEFAULT_ACCOUNT, OpenGate, Principal
from breakwater_local.drs.wire.caller import Caller

REMEMBERED_SECONDS = 5.0
"""So long an answer of IAM is believed: a deployment may change a role meanwhile."""
_ACCESS_KEY = re.compile(r"\w{16,128}", re.ASCII)
_UNKNOWN_KEY = "ValidationError"

Known = TypeVar("Known")


def _names_itself(function: Any, name: str) -> bool:
    """Is this the function that calls itself so? Its physical name would be too long for that."""
    variables = function.get("Environment", {}).get("Variables", {})
    return name in (variables.get("AWS_SDK_UA_APP_ID"), function["FunctionName"])


class EmbeddedIam:
    """The gate of a simulator with an embedded AWS."""

    def __init__(
        self,
        aws: EmbeddedAws,
        regions: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        :param regions: where functions may live that call DRS, beside the Region they call.
        """
        self._aws = aws
        self._regions = regions
        self._clock = clock
        self._known: dict[tuple[Any, ...], tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def identify(self, calling: Caller) -> Principal:
        """The account of the key, and the role of the function if it is one."""
        plain = OpenGate().identify(calling)
        account = plain.account
        if account != calling.access_key:
            account = self._remembered(("key", calling.access_key), self._account_of)
        role = None
        if calling.application:
            role = self._remembered(
                ("role", account, calling.region, calling.application), self._role_of
            )
        return Principal(account, calling.region, calling.access_key, calling.application, role)

    def refused(self, principal: Principal, actions: list[str]) -> str | None:
        """The first action that the function's role does not allow."""
        if principal.role is None:
            return None
        return self._remembered(("may", principal.role, *actions), self._first_refused)

    def _account_of(self, _: str, access_key: str) -> str:
        if not _ACCESS_KEY.fullmatch(access_key):
            return DEFAULT_ACCOUNT  # `test`, or whatever else a client was given
        sts = self._aws.client("sts", DEFAULT_ACCOUNT, "us-east-1")
        try:
            return str(sts.get_access_key_info(AccessKeyId=access_key)["Account"])
        except ClientError as error:
            if error.response["Error"]["Code"] != _UNKNOWN_KEY:
                raise
            return DEFAULT_ACCOUNT  # a key that it never gave out

    def _role_of(self, _: str, account: str, region: str, function: str) -> str | None:
        for home in dict.fromkeys((region, *self._regions)):
            pages = self._aws.client("lambda", account, home).get_paginator("list_functions")
            for page in pages.paginate():
                for known in page["Functions"]:
                    if _names_itself(known, function):
                        return str(known["Role"])
        return None

    def _first_refused(self, _: str, role: str, *actions: str) -> str | None:
        iam = self._aws.client("iam", role.split(":")[4], "us-east-1")
        simulated = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=list(actions))
        return next(
            (
                str(result["EvalActionName"])
                for result in simulated["EvaluationResults"]
                if result["EvalDecision"] != "allowed"
            ),
            None,
        )

    def _remembered(self, question: tuple[Any, ...], ask: Callable[..., Known]) -> Known:
        with self._lock:
            asked, answer = self._known.get(question, (float("-inf"), None))
        if self._clock() - asked > REMEMBERED_SECONDS:
            answer = ask(*question)
            with self._lock:
                self._known[question] = (self._clock(), answer)
        return cast("Known", answer)
