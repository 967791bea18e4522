"""What a gate holds and lets go, told to the account's default bus. Calls PutEvents.

A word that is lost makes a list wrong for a while: no reason to keep an execution at its gate, or
to let one fail there. So it is logged as an error, and whoever looks at the gate has it told again.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from breakwater import contract

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient

logger = Logger(child=True)


class GateEvents:
    """The bus, to a gate."""

    def __init__(self, client: "EventBridgeClient | Any") -> None:
        self._client = client

    def tell(self, execution_arn: str, word: Mapping[str, Any]) -> None:
        """Whoever listens; it never raises for want of an answer."""
        entry: Any = {
            "Source": contract.GATE_EVENT_SOURCE,
            "DetailType": contract.GATE_EVENT_TYPE,
            "Detail": json.dumps({"executionArn": execution_arn, **word}),
            "Resources": [execution_arn],
        }
        try:
            [told] = self._client.put_events(Entries=[entry])["Entries"]
        except (BotoCoreError, ClientError):
            logger.exception("Nobody was told", extra={"executionArn": execution_arn, "word": word})
            return
        if told.get("ErrorCode"):
            logger.error("Nobody was told", extra={"executionArn": execution_arn, "answer": told})
