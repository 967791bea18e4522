"""Idempotency-Key: the same request sent twice gets the same answer, and its work is done once.

Powertools keeps the answers, in the Requests table, for a day. A key belongs to its caller and its
route. Only success is remembered: a refused request may be mended and sent again with its key.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.platform.http.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Answer = dict[str, Any]
REMEMBERED_SECONDS = 24 * 3600
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Idempotency:
    """Answers kept by key."""

    def __init__(self, table: str, client: "DynamoDBClient | None" = None) -> None:
        """`client`: with one there is no second to be made, which a cold start would pay for."""
        self._store = DynamoDBPersistenceLayer(
            table_name=table,
            boto3_client=client,
            key_attr=contract.REQUESTS.partition,
            expiry_attr=str(contract.REQUESTS.expires),
        )

    def once(
        self, key: str, scope: str, body: str, work: Callable[[], Answer], context: LambdaContext
    ) -> Answer:
        """Do the work, or give the answer that it gave before.

        :param scope: caller and route; the same key of somebody else is another key.
        :param body: the request's body; another one under the same key is refused.
        """
        if not _KEY.fullmatch(key):
            raise BadRequest(
                "Idempotency-Key must be 1 to 128 visible ASCII characters, best a UUID.",
                details=[{"place": "Idempotency-Key", "value": key[:200]}],
            )
        config = IdempotencyConfig(
            event_key_jmespath="[scope, key]",
            payload_validation_jmespath="body",
            expires_after_seconds=REMEMBERED_SECONDS,
            hash_function="sha256",
            lambda_context=context,
        )

        @idempotent_function(  # type: ignore[untyped-decorator]
            data_keyword_argument="request",
            persistence_store=self._store,
            config=config,
            key_prefix="request",
        )
        def answer(request: dict[str, str]) -> Answer:  # noqa: ARG001 - what the key is made of
            given = work()
            if given["statusCode"] >= 300:
                raise _Refused(given)
            return given

        try:
            remembered: Answer = answer(
                request={"scope": scope, "key": key, "body": _canonical(body)}
            )
        except _Refused as refused:
            return refused.answer
        except IdempotencyAlreadyInProgressError:
            raise Conflict(
                "The same request is being worked on. Wait a moment and send it again."
            ) from None
        except IdempotencyValidationError:
            raise Conflict(
                "This Idempotency-Key was used with another body. Use a new key for a new request."
            ) from None
        return remembered


def _canonical(body: str) -> str:
    """White space and the order of keys do not make another body."""
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    except ValueError:
        return body
