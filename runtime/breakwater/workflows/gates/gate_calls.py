"""The gates of other people's state machines, called by their functions. Calls Invoke.

A gate keeps its tokens to itself; what is asked of it here is to hold, to let go, and to look.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform.http.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_ABSENT = frozenset({"ResourceNotFoundException"})
_DENIED = frozenset({"AccessDeniedException", "AccessDenied"})


class GateCalls:
    """Functions of gates, by the ARN that a state machine's tag says."""

    def __init__(self, client: "LambdaClient | Any") -> None:
        self._client = client

    def look(self, gate: str, execution_arn: str) -> Mapping[str, Any]:
        """How an execution stands at its gate: `asked`, `waiting`, `answer`, `digest`."""
        return self._call(gate, do="look", executionArn=execution_arn)

    def pause(self, gate: str, execution_arn: str, *, by: str, reason: str) -> Mapping[str, Any]:
        """Hold it when it arrives; Conflict if that is wanted already."""
        return self._call(gate, do="pause", executionArn=execution_arn, by=by, reason=reason)

    def resume(self, gate: str, execution_arn: str, *, digest: str | None) -> Mapping[str, Any]:
        """Let it go; Conflict if it is not held, or something else waits than was shown."""
        return self._call(gate, do="resume", executionArn=execution_arn, digest=digest)

    def _call(self, gate: str, **event: Any) -> Mapping[str, Any]:
        try:
            answer = self._client.invoke(FunctionName=gate, Payload=json.dumps(event).encode())
        except ClientError as error:
            raise _refusal(gate, error) from error
        except BotoCoreError as error:
            raise Unavailable(
                f"The gate {gate} did not answer. Look how it stands, and try again.",
                headers={"Retry-After": "5"},
            ) from error
        told: Any = json.loads(answer["Payload"].read())
        if answer.get("FunctionError") or not isinstance(told, dict):
            kind = told.get("errorType") if isinstance(told, dict) else None
            raise Unavailable(
                f"The gate {gate} failed ({kind or 'no reason given'}): its log says why. Try "
                "again.",
                headers={"Retry-After": "5"},
            )
        if "refused" in told:
            raise Conflict(f"{told['refused']}.")
        return told


def _refusal(gate: str, error: ClientError) -> Conflict | Unavailable:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _ABSENT:
        return Conflict(
            f"The tag breakwater:pause-gate names the function {gate}, which does not exist: "
            "whoever owns the state machine puts that right."
        )
    if code in _DENIED:
        return Conflict(
            f"AWS does not let Breakwater call {gate}. A gate's function carries the tag "
            "breakwater:pause-gate=function, as the construct PauseGate gives it."
        )
    return Unavailable(
        f"The gate {gate} could not be asked: {code}. Try again.", headers={"Retry-After": "5"}
    )
