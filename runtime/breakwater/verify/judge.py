"""What AWS said of a deployment → findings that a person can act on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How bad it is. A warning does not make the verification fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, what was seen, and what to do if it is not well."""

    subject: str
    verdict: Verdict
    seen: str
    remedy: str = ""


# A plain deployment compares templates, and finds nothing to do.
DRIFTED = (
    "Somebody changed it outside the stack. Put it back: make deploy ENV=... "
    "CDK_FLAGS=--revert-drift"
)


def ok(subject: str, seen: str) -> Finding:
    """All is well with this."""
    return Finding(subject=subject, verdict=Verdict.OK, seen=seen)


def warning(subject: str, seen: str, remedy: str) -> Finding:
    """Works, but somebody should look at it."""
    return Finding(subject=subject, verdict=Verdict.WARNING, seen=seen, remedy=remedy)


def problem(subject: str, seen: str, remedy: str) -> Finding:
    """Does not work as it should."""
    return Finding(subject=subject, verdict=Verdict.PROBLEM, seen=seen, remedy=remedy)


def stack(name: str, status: str | None, environment: str) -> Finding:
    """A stack's status; None where there is no such stack."""
    deploy = "make up" if environment == "local" else f"make deploy ENV={environment}"
    if status is None:
        return problem(name, "does not exist", f"Deploy it: {deploy}")
    if status.endswith("_IN_PROGRESS"):
        return problem(name, status, "A deployment is under way: verify again when it has ended.")
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return warning(
            name,
            status,
            "The last deployment failed and was taken back: the version before it runs. The "
            f"stack's events say why; mend it, then: {deploy}",
        )
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        return ok(name, status)
    return problem(
        name, status, f"See the stack's events in the CloudFormation console, then: {deploy}"
    )


def function(name: str, configuration: Mapping[str, Any]) -> Finding:
    """A Lambda function from GetFunctionConfiguration."""
    subject = f"function {name}"
    state = configuration.get("State", "Active")
    if state not in ("Active", "Inactive"):  # Inactive: not called for weeks; wakes when called
        reason = configuration.get("StateReason", "no reason given")
        return problem(subject, f"is {state}: {reason}", "See its logs and its code, deploy anew.")
    update = configuration.get("LastUpdateStatus", "Successful")
    if update == "Failed":
        reason = configuration.get("LastUpdateStatusReason", "no reason given")
        return problem(subject, f"could not be updated: {reason}", DRIFTED)
    return ok(subject, "active")


_SUBSCRIBE = (
    "Set the address in stacks/environments.py, deploy, and confirm the mail within 48 hours. If "
    "it is set already: make deploy ENV=... CDK_FLAGS=--revert-drift"
)


def no_subscription(topic: str) -> Finding:
    """A topic that nobody has subscribed to, or whose address did not confirm in time."""
    return warning(f"topic {topic}", "reaches nobody", _SUBSCRIBE)


def subscription(topic: str, endpoint: str, arn: str) -> Finding:
    """An SNS subscription: AWS asks an e-mail address once to confirm."""
    subject = f"topic {topic}"
    if arn == "PendingConfirmation":
        return warning(
            subject,
            f"{endpoint} has not confirmed",
            "Ask for the link in the mail from AWS Notifications; until then nothing arrives, and "
            "after 48 hours AWS forgets the address.",
        )
    if arn == "Deleted":
        return warning(subject, f"{endpoint} has unsubscribed", _SUBSCRIBE)
    return ok(subject, f"reaches {endpoint}")


def alarm(name: str, state: str, reason: str) -> Finding:
    """A CloudWatch alarm. No data yet is how a new one begins."""
    subject = f"alarm {name}"
    if state == "ALARM":
        return problem(subject, f"is raised: {reason}", "See docs/operations.md, troubleshooting.")
    return ok(subject, "quiet" if state == "OK" else "waiting for data")


def health(url: str, status: int | None, body: Any, failure: str = "") -> Finding:
    """What GET /health answered; status None where nothing answered."""
    subject = f"GET {url}"
    if status is None:
        return problem(
            subject, failure, "Is this machine allowed to reach it? Is the stage deployed?"
        )
    parts = body.get("parts", []) if isinstance(body, dict) else []
    if status == 200 and isinstance(body, dict) and body.get("status") == "ready":
        ready = [part for part in parts if isinstance(part, dict) and part.get("status") == "ready"]
        seen = f"{len(ready)} of {len(parts)} parts ready, version {body.get('version')}"
        if len(ready) == len(parts):
            return ok(subject, seen)
        return warning(subject, seen, "The others are in a state that Breakwater does not know.")
    unready = [
        f"{part.get('name')} {part.get('problem')}"
        for part in parts
        if isinstance(part, dict) and part.get("status") != "ready"
    ]
    return problem(
        subject,
        f"answered {status}" + (f": {', '.join(unready)}" if unready else ""),
        "The log group of the function Health says why.",
    )


def simulator(body: Any, failure: str = "") -> Finding:
    """The DRS simulator of this machine, from its health; None where there is no answer."""
    subject = "DRS simulator"
    if not isinstance(body, dict):
        return problem(subject, failure or "answers no health", "Bring it back: make up")
    servers = sum(int(world.get("sourceServers", 0)) for world in body.get("worlds", []))
    seen = f"{servers} source servers, {len(body.get('faults', []))} faults scripted"
    if body.get("status") == "ok":
        return ok(subject, seen)
    return warning(
        subject,
        f"{body.get('status')}: {body.get('reason')}",
        "What DRS does in EC2 waits until it can be done. If the embedded AWS does not answer: "
        "make down, then make up.",
    )
