"""Writes that happen together or not at all, each saying itself why it would be refused.

DynamoDB cancels a transaction as a whole and answers with one reason per action. Here every action
brings the error to raise if its condition does not hold, so nobody counts positions. Two
transactions that meet on an item are no error of the caller: it is tried again.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.platform.http.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MAX_ACTIONS = 100  # of DynamoDB
_TRIES = 6
_MET_ANOTHER = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One action of a transaction."""

    action: dict[str, Any]
    """Put, Update, Delete or ConditionCheck, as DynamoDB takes it."""

    refused: Callable[[], Exception]
    """Makes the error to raise when the action's condition does not hold."""


def write_together(
    client: "DynamoDBClient",
    writes: Sequence[Write],
    *,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """All of these, or none and the error of the first that was refused."""
    for attempt in range(_TRIES):
        try:
            client.transact_write_items(TransactItems=[write.action for write in writes])  # type: ignore[misc]
            return
        except client.exceptions.TransactionCanceledException as cancelled:
            codes = [
                reason.get("Code", "None")
                for reason in cancelled.response.get("CancellationReasons", [])
            ]
            for write, code in zip(writes, codes, strict=False):
                if code == "ConditionalCheckFailed":
                    raise write.refused() from cancelled
            if not _MET_ANOTHER.intersection(codes):
                raise
        pause(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - spreads retries, keeps no secret
    raise Unavailable(
        "Others are saving the same things at this moment. Nothing was changed; try again."
    )
