"""What a caller's role allows, asked of the embedded AWS: by IAM's own policy simulation.

Every action is judged on the resources that the call is about, in the context of the call: the
tags that are passed and those that the resources have, and whether AWS calls by itself.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from breakwater_local.drs.answers import Answers
from breakwater_local.drs.embedded_aws import EmbeddedAws
from breakwater_local.drs.errors import Denied
from breakwater_local.drs.gate import Context, Need, OpenGate, Principal, Resource
from breakwater_local.drs.identity import Identity
from breakwater_local.drs.outbox import Undelivered
from breakwater_local.drs.wire.caller import Caller

_RESOURCE_TAG = "aws:resourcetag/"


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
        self._answers = Answers(clock)
        self._identity = Identity(aws, self._answers, regions)

    def identify(self, calling: Caller) -> Principal:
        """The account of the key, and the role of the function if it is one."""
        plain = OpenGate().identify(calling)
        account = self._identity.account_of(calling.access_key)
        role = self._identity.role_of(calling.application, account, calling.region)
        return Principal(account, plain.region, plain.access_key, plain.application, role)

    def refused(self, principal: Principal, needs: Sequence[Need]) -> Denied | None:
        """The first thing that the role does not allow; whoever has none may do anything."""
        if principal.role is None:
            return None
        role, region = principal.role, principal.region
        for question in _questions(needs):
            denied = self._answers.to(
                ("may", role, region, *question),
                partial(self._judge, role, region, *question),
            )
            if denied:
                return denied
        return None

    def _judge(
        self,
        role: str,
        region: str,
        actions: tuple[str, ...],
        resources: tuple[Resource, ...],
        context: Context,
    ) -> Denied | None:
        """All of these actions on all of these resources."""
        here: Context = (("aws:RequestedRegion", (region,)), *context)
        arns = tuple(resource.arn for resource in resources)
        results = self._simulate(role, actions, arns, here)
        asked_for = {
            key.lower() for result in results for key in result.get("MissingContextValues", ())
        }
        if any(key.startswith(_RESOURCE_TAG) for key in asked_for):
            # The policies look at the resources' own tags, which differ: each on its own.
            for resource in resources:
                own = tuple((f"aws:ResourceTag/{key}", (value,)) for key, value in resource.tags)
                results = self._simulate(role, actions, (resource.arn,), (*here, *own))
                denied = _first_denied(results)
                if denied:
                    return denied
            return None
        return _first_denied(results)

    def _simulate(
        self, role: str, actions: tuple[str, ...], arns: tuple[str, ...], context: Context
    ) -> list[Any]:
        iam = self._aws.client("iam", role.split(":")[4], "us-east-1")
        try:
            with self._aws.reaching():
                answer = iam.simulate_principal_policy(
                    PolicySourceArn=role,
                    ActionNames=list(actions),
                    ResourceArns=list(arns),
                    ContextEntries=[_entry(key, values) for key, values in context],
                )
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchEntity":  # who is gone may do nothing
                return [{"EvalActionName": actions[0], "EvalDecision": "implicitDeny"}]
            raise Undelivered(f"IAM could not be asked about {role}: {error}") from error
        return list(answer["EvaluationResults"])


def _questions(
    needs: Sequence[Need],
) -> Iterator[tuple[tuple[str, ...], tuple[Resource, ...], Context]]:
    """Actions on the same resources in the same context are one question."""
    grouped: dict[tuple[tuple[Resource, ...], Context], list[str]] = {}
    for need in needs:
        grouped.setdefault((need.resources, need.context), []).append(need.action)
    for (resources, context), actions in grouped.items():
        yield tuple(actions), resources, context


def _entry(key: str, values: tuple[str, ...]) -> dict[str, Any]:
    kind = "string" if len(values) == 1 and key != "aws:TagKeys" else "stringList"
    if values in (("true",), ("false",)) and kind == "string":
        kind = "boolean"
    return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": kind}


def _first_denied(results: Sequence[Any]) -> Denied | None:
    for result in results:
        # One result for each resource, or one with the resources inside: IAM does either.
        for one in result.get("ResourceSpecificResults") or [result]:
            decision = one.get("EvalResourceDecision") or one["EvalDecision"]
            if decision != "allowed":
                resource = one.get("EvalResourceName", "*")
                return Denied(result["EvalActionName"], resource, decision == "explicitDeny")
    return None
