"""Another execution like this one: with its input, or with an edited one.

The input is read where it is started, never taken from what people were shown: that is redacted.
"""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from breakwater.platform.http.errors import Conflict, Unprocessable
from breakwater.timeline.redaction import REDACTED, TOKEN_REDACTED, Redaction
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.execution_now import ExecutionNow
from breakwater.workflows.engines.step_functions.acting.names import LONGEST, clone_name
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import RUNNING

LARGEST_INPUT = 262_144
"""Bytes, by AWS."""

_NAME = re.compile(rf"[0-9A-Za-z_-]{{1,{LONGEST}}}")
_REDACTION = Redaction()
Done = tuple[Acted, Mapping[str, Any]]


class Cloning:
    """Starts another one."""

    def __init__(self, retries: Retries, control: ExecutionControl) -> None:
        self._retries = retries
        self._control = control

    def clone(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        """With the input that is given, or else with the one that it had itself."""
        given = asked.options.get("input")
        text = self._retries.input_of(now) if given is None else input_text(given)
        name = asked.options.get("name")
        if name is not None:
            require_name(name)
        # Named by the request: sent again after a function died, it starts no second one.
        wanted = name or clone_name(now.arn, f"{asked.request or secrets.token_hex(8)}#{text}")
        started = self._control.start(now.started_by, wanted, text)
        is_itself = started.execution_arn == now.arn
        if name is not None and (is_itself or started.was_there(asked.at)):
            raise Conflict(
                f"An execution of the same state machine was called {wanted!r} in the last 90 "
                "days, and nothing was started. Choose another name, or leave it out."
            )
        edited = "an edited input" if given is not None else "the same input"
        acted = Acted(
            status="accepted",
            new_status=RUNNING,
            message=f"A new execution, {wanted}, was started with {edited}.",
            workflow_id=WorkflowId(EngineName.STEP_FUNCTIONS, started.execution_arn),
        )
        return acted, {"executionArn": started.execution_arn, "edited": given is not None}

    def preview(self, now: ExecutionNow) -> Mapping[str, Any]:
        """The input as people may see it."""
        text = self._retries.input_of(now)
        shown = _REDACTION.text(text) or ""
        return {
            "input": shown,
            "inputRedacted": shown != text,
            "startedBy": now.started_by,
            "message": "Without an input of your own it is started with this one, whole. What is "
            f"{REDACTED} or {TOKEN_REDACTED} here cannot be sent back: write what is meant.",
        }


def input_text(given: Any) -> str:
    """As StartExecution takes it; Unprocessable for what was only shown, or is too large."""
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    found = [mark for mark in (REDACTED, TOKEN_REDACTED) if mark in text]
    if found:
        raise Unprocessable(
            f"The input has {found[0]}, which stands for what was not shown. Write what is meant, "
            "or leave the input out: then it is started with the one it had.",
            details=[{"place": "input", "code": "redacted", "value": found[0]}],
        )
    try:
        size = len(text.encode())
    except UnicodeEncodeError as half:
        raise Unprocessable(
            "The input has half a letter (a lone surrogate such as \\ud800), which Step Functions "
            "does not take.",
            details=[{"place": "input", "code": "notUnicode"}],
        ) from half
    if size > LARGEST_INPUT:
        raise Unprocessable(
            f"The input has {size} bytes, and Step Functions takes {LARGEST_INPUT}.",
            details=[{"place": "input", "code": "tooLarge", "value": size}],
        )
    return text


def require_name(name: str) -> None:
    """Unprocessable if no execution can be called so."""
    if not _NAME.fullmatch(name):
        raise Unprocessable(
            f"{name[:100]!r} is no name of an execution: 1 to {LONGEST} letters, digits, - and _.",
            details=[{"place": "name", "code": "notAName", "value": name[:100]}],
        )
