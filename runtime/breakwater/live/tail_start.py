"""Starts the loop that reads histories, if it does not run. Calls Invoke."""

from typing import TYPE_CHECKING, Any

from breakwater.live.tails import STARTING, Tails

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class TailStart:
    """Whoever finds an execution to be watched asks this."""

    def __init__(self, client: "LambdaClient | Any", function: str, tails: Tails) -> None:
        self._client = client
        self._function = function
        self._tails = tails

    def watch(self, execution_arn: str) -> None:
        """Somebody listens to this execution: its steps are to be read."""
        self._tails.watch(execution_arn)
        self.ensure()

    def ensure(self) -> None:
        """There is a worker, or somebody starts it now."""
        if not self._tails.claim_start():
            return
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event")
        except Exception:
            self._tails.release(STARTING)  # whoever asks again need not wait for the lease
            raise
