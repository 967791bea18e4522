"""Makes the embedded IAM's policy simulation look at what it is asked about.

As it comes, it judges the first resource only and knows no context, so every condition on a tag or
on aws:ViaAWSService counts as not met. Its evaluator can do both; it only has to be told. A test
says when it is told by itself (tests/integration/test_embedded_aws_differences.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext
from ministack.core.responses import get_region
from ministack.services import iam

_parameter = iam._p  # noqa: SLF001
_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


@dataclass(frozen=True)
class Asked:
    """What a simulation is about."""

    resources: tuple[str, ...]
    context: Mapping[str, str | list[str]]


class _Watched(dict[str, Any]):
    """The context; remembers which keys policies looked for in vain."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        super().__init__(known)
        self.missed: dict[str, None] = {}

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        if not found:
            self.missed[str(key)] = None
        return found


def mend() -> None:
    """From now on the emulator in this process judges every resource, in context."""
    iam._extract_simulate_params = asked  # noqa: SLF001  # it has no other place for it
    iam._build_simulate_results_real = results  # noqa: SLF001


def asked(parameters: Mapping[str, Any]) -> tuple[list[str], Asked]:
    """The actions, the resources and the context of a request."""
    actions = _members(parameters, "ActionNames.member")
    context: dict[str, str | list[str]] = {}
    number = 1
    while key := _parameter(parameters, f"ContextEntries.member.{number}.ContextKeyName"):
        prefix = f"ContextEntries.member.{number}"
        values = _members(parameters, f"{prefix}.ContextKeyValues.member")
        several = "List" in (_parameter(parameters, f"{prefix}.ContextKeyType") or "")
        context[key.lower()] = values if several else "".join(values[:1])
        number += 1
    return actions, Asked(tuple(_members(parameters, "ResourceArns.member")) or ("*",), context)


def results(
    actions: Sequence[str], about: Asked, principal: str, account: str, policies: Sequence[Any]
) -> str:
    """One result for each action and resource."""
    return "".join(
        _result(action, resource, about.context, (principal, account), policies)
        for action in actions
        for resource in about.resources
    )


def _result(
    action: str,
    resource: str,
    context: Mapping[str, Any],
    who: tuple[str, str],
    policies: Sequence[Any],
) -> str:
    watched = _Watched(context)
    principal, account = who
    judged = iam_evaluator.evaluate(
        EvalContext(
            principal_arn=principal,
            principal_type="AssumedRole",
            principal_account=account,
            action=action,
            resource_arn=resource,
            region=str(context.get("aws:requestedregion", get_region())),
            source_ip="127.0.0.1",
            secure_transport=False,
            service_context=watched,
        ),
        list(policies),
    )
    decision = _DECISIONS.get(judged.decision, "implicitDeny")
    missed = "".join(
        f"<member>{escape(key)}</member>" for key in watched.missed if re.match(r"\w+:", key)
    )
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision><MatchedStatements></MatchedStatements>"
        f"<MissingContextValues>{missed}</MissingContextValues></member>"
    )


def _members(parameters: Mapping[str, Any], name: str) -> list[str]:
    found: list[str] = []
    while value := _parameter(parameters, f"{name}.{len(found) + 1}"):
        found.append(str(value))
    return found
