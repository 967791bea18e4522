"""Tells whoever works on bulks. Calls SendMessage; nothing else."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform.http.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class BulkQueue:
    """The queue: what is told once is brought again until somebody has done it."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def wake(self, bulk_id: str) -> None:
        """Somebody works on it soon; Unavailable if nobody could be told."""
        try:
            self._client.send_message(
                QueueUrl=self._url, MessageBody=json.dumps({"bulkId": bulk_id})
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(
                "The bulk could not be handed to whoever works on it. Nothing was done. Try again.",
                headers={"Retry-After": "5"},
            ) from error
