"""A deployed table, held against what its template says: every weakness, not the first. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from breakwater.platform.health import NOT_READY, UNKNOWN, part_of_table
from breakwater.verify.judge import DRIFTED, Finding, ok, problem, warning

# CloudFormation does not notice that a table's policy is gone, not even with --revert-drift.
_POLICY = (
    "Put it back now, and find out in CloudTrail who took it away (DeleteResourcePolicy, "
    "PutResourcePolicy). How: docs/operations.md, a table has lost its policy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSeen:
    """What AWS says of a table."""

    description: Mapping[str, Any]
    recovery: Mapping[str, Any]
    expiry: Mapping[str, Any]
    policy: str | None
    """The table's own policy, as JSON."""


def judge_table(
    name: str, seen: TableSeen, template: Mapping[str, Any], *, guarded: bool
) -> list[Finding]:
    """Is it ready, and is it what was deployed?

    :param template: its properties in the template.
    :param guarded: its stack is protected against deletion, so the table must be as well.
    """
    subject = f"table {name}"
    part = part_of_table(name, seen.description)
    if part.status == NOT_READY:
        return [
            problem(
                subject,
                str(part.problem),
                "If it is being made or removed, verify again later; what needs it fails until "
                "then.",
            )
        ]
    findings = [
        problem(subject, weakness, remedy)
        for weakness, remedy in _weaknesses(seen, template, guarded=guarded)
    ]
    if part.status == UNKNOWN:
        unknown = f"{part.problem}, which Breakwater does not know"
        findings.append(warning(subject, unknown, "Read what AWS says of it."))
    if findings:
        return findings
    also = ", append only" if _wanted_denials(template) else ""
    return [ok(subject, f"ready, recoverable to any second, encrypted{also}")]


def _weaknesses(
    seen: TableSeen, template: Mapping[str, Any], *, guarded: bool
) -> Iterator[tuple[str, str]]:
    """What somebody changed outside the stack, each with its remedy."""
    recovery = seen.recovery.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        yield "has no point-in-time recovery", DRIFTED
    encryption = seen.description.get("SSEDescription", {})
    if encryption.get("Status") not in ("ENABLED", "UPDATING"):
        yield "is not encrypted with KMS", DRIFTED
    if guarded and not seen.description.get("DeletionProtectionEnabled"):
        yield "is not protected against deletion", DRIFTED
    if _wanted_denials(template) - _denials(json.loads(seen.policy or "{}")):
        yield "has lost its own policy: what it denied is allowed", _POLICY
    attribute = template.get("TimeToLiveSpecification", {}).get("AttributeName")
    expires = seen.expiry.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    if expires and seen.expiry.get("AttributeName") != attribute:
        yield "lets items expire that should stay", DRIFTED
    if attribute and not expires:
        yield "keeps items that should expire", DRIFTED


def _wanted_denials(template: Mapping[str, Any]) -> set[str]:
    return _denials(template.get("ResourcePolicy", {}).get("PolicyDocument", {}))


def _denials(policy: Mapping[str, Any]) -> set[str]:
    """The actions that a policy denies to everyone: what matters, however AWS writes the rest."""
    denied: set[str] = set()
    for statement in policy.get("Statement", ()):
        everyone = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        if statement.get("Effect") == "Deny" and everyone and "Condition" not in statement:
            actions = statement.get("Action", [])
            denied |= {actions} if isinstance(actions, str) else set(actions)
    return denied
