"""Writes down what roles call, as the embedded AWS judges it: tests compare roles with calls.

With `BREAKWATER_CALLS` set, each new combination of role, action, resource and decision becomes one
JSON line of that file. Its size depends on what roles do, not on how often.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

VARIABLE = "BREAKWATER_CALLS"


@dataclass(frozen=True, kw_only=True)
class RecordedCall:
    """Somebody who took a role called something, once or often."""

    role: str
    """The role's name."""
    action: str
    resource: str
    allowed: bool


def read(path: Path) -> frozenset[RecordedCall]:
    """What was called so far."""
    return frozenset(_read(path))


def _read(path: Path) -> Iterator[RecordedCall]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield RecordedCall(**json.loads(line))


def begin() -> None:
    """From now on the emulator in this process writes down what it judges, if it is asked to."""
    path = os.environ.get(VARIABLE)
    if not path:
        return
    judge = iam_evaluator.evaluate
    seen: set[RecordedCall] = set()

    def judged(context: Any, *policies: Any) -> Any:
        result = judge(context, *policies)
        role = _role(context)
        if role:
            call = RecordedCall(
                role=role,
                action=context.action,
                resource=context.resource_arn,
                allowed=result.decision == "Allow",
            )
            if call not in seen:
                seen.add(call)
                with Path(path).open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(call)) + "\n")
        return result

    iam_evaluator.evaluate = judged


def _role(context: Any) -> str:
    """The role behind a call; nothing for anybody else.

    The DRS simulator asks IAM what a role may do whenever that role calls DRS, and when DRS would
    act for it in EC2: those are calls as well. Other questions to IAM are not.
    """
    _, _, taken = str(context.principal_arn).partition(":assumed-role/")
    if taken:
        return taken.split("/")[0]
    _, _, asked = str(context.principal_arn).partition(":role/")
    by_drs = "aws:viaawsservice" in context.service_context or context.action.startswith("drs:")
    return asked.split("/")[-1] if asked and by_drs else ""
