"""Writes down what roles call, as the embedded AWS judges it: tests compare roles with calls.

With `BREAKWATER_CALLS` set, each new combination of role, action, resource and decision becomes one
JSON line of that file. Its size depends on what roles do, not on how often.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
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
    if path:
        watch = _Watch(Path(path), iam_evaluator.evaluate, iam_evaluator.enforce)
        iam_evaluator.evaluate = watch.evaluate
        iam_evaluator.enforce = watch.enforce


class _Watch:
    """Stands before the judge.

    A call is enforced: the policies of the role are evaluated, and those of what it calls, if
    there are any; the verdict comes of both. A simulation is evaluated only.
    """

    def __init__(
        self, path: Path, evaluate: Callable[..., Any], enforce: Callable[..., Any]
    ) -> None:
        self._path = path
        self._evaluate = evaluate
        self._enforce = enforce
        self._about = threading.local()
        self._seen: set[RecordedCall] = set()

    def enforce(self, *asked: Any, **more: Any) -> Any:
        """Judges a call; nothing if it is allowed."""
        self._about.context = None
        self._about.enforcing = True
        try:
            refused = self._enforce(*asked, **more)
        finally:
            self._about.enforcing = False
        if self._about.context is not None:
            self._note(self._about.context, allowed=refused is None)
        return refused

    def evaluate(self, context: Any, *policies: Any) -> Any:
        """Judges by some policies."""
        result = self._evaluate(context, *policies)
        if getattr(self._about, "enforcing", False):
            self._about.context = context
        elif _is_of_drs(context):
            self._note(context, allowed=result.decision == "Allow")
        return result

    def _note(self, context: Any, *, allowed: bool) -> None:
        role = _role(str(context.principal_arn))
        if not role:
            return
        call = RecordedCall(
            role=role, action=context.action, resource=context.resource_arn, allowed=allowed
        )
        if call not in self._seen:
            self._seen.add(call)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(call)) + "\n")


def _is_of_drs(context: Any) -> bool:
    """The DRS simulator asks IAM what a role may do whenever that role calls DRS, and when DRS
    would act for it in EC2: those are calls as well. Other questions to IAM are not.
    """
    return "aws:viaawsservice" in context.service_context or context.action.startswith("drs:")


def _role(principal: str) -> str:
    """The name of the role; nothing for anybody else."""
    _, _, taken = principal.partition(":assumed-role/")
    _, _, asked = principal.partition(":role/")
    return taken.split("/")[0] or asked.split("/")[-1]
