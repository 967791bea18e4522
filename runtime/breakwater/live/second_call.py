"""Asks for frames to be posted once more, by a function of its own: nobody waits for it.
Calls Invoke.
"""

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.live.second_posts import written
from breakwater.live.sender import Late

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_IN_A_CALL = 500
"""Connections; a call takes 256 KB."""

logger = Logger(child=True)


class SecondCall:
    """Whoever has sent to somebody who took nothing asks this."""

    def __init__(self, client: "LambdaClient | Any", function: str) -> None:
        self._client = client
        self._function = function

    def post_again(self, late: Late) -> None:
        """Let it be done in some seconds. Where even this fails, their next ping does it."""
        names = list(late)
        for start in range(0, len(names), _IN_A_CALL):
            part = {one: late[one] for one in names[start : start + _IN_A_CALL]}
            payload = json.dumps({"late": written(part)}).encode()
            try:
                self._client.invoke(
                    FunctionName=self._function, InvocationType="Event", Payload=payload
                )
            except (BotoCoreError, ClientError):
                logger.exception("Frames will be posted once more only when clients ask")
