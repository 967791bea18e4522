"""The function of a pause gate: a state machine calls it at the gate, people (or Breakwater for
them) call it to hold an execution, to let it go, and to look.

    {"do": "arrive", "executionArn", "gate", "token"}          from the state machine
    {"do": "pause", "executionArn", "by", "reason"}
    {"do": "resume", "executionArn", "digest"?}
    {"do": "look", "executionArn"}

It answers `{"refused": why}` where something is not possible, and never with a token. What it holds
and lets go it tells the default bus, for an index that listens.
"""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.workflows.gates.gate import PauseGate, Refused
from breakwater.workflows.gates.gate_events import GateEvents
from breakwater.workflows.gates.gate_store import GateStore

logger = Logger()  # never logs its event: there may be a token in it
_TOO_LATE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_states = when_used(lambda: boto3.client("stepfunctions", config=PATIENCE))


def _answer(token: str, output: str) -> None:
    try:
        _states.send_task_success(taskToken=token, output=output)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _TOO_LATE:
            raise
        logger.warning("Nobody waits for this answer any more")  # it ended, or timed out


_gate = PauseGate(
    GateStore(boto3.client("dynamodb", config=PATIENCE), setting(contract.PAUSE_GATE.variable)),
    _answer,
    tell=GateEvents(boto3.client("events", config=PATIENCE)).tell,
    seconds=int(setting(contract.GATE_SECONDS_VARIABLE)),
    clock=clock.now,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """One of the four."""
    execution = str(event["executionArn"])
    try:
        match event["do"]:
            case "arrive":
                _gate.arrive(execution, str(event["gate"]), str(event["token"]))
                return {}
            case "pause":
                return _gate.pause(execution, str(event["by"]), str(event["reason"]))
            case "resume":
                return _gate.resume(execution, event.get("digest"))
            case "look":
                return _gate.look_and_tell(execution)
    except Refused as refused:
        return {"refused": str(refused)}
    raise ValueError(f"do is {event['do']!r}; it can be arrive, pause, resume or look")
