"""Records of streams, as Lambda brings them."""

import itertools
from collections.abc import Mapping
from typing import Any

from breakwater.platform.attribute_values import to_item

_IDS = itertools.count(1)
AT = 1795188970.0


def record(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *keys: str
) -> dict[str, Any]:
    """A change of an item with these keys."""
    change: dict[str, Any] = {
        "ApproximateCreationDateTime": AT,
        "Keys": to_item({key: (after or before or {})[key] for key in keys}),
    }
    if after is not None:
        change["NewImage"] = to_item(after)
    if before is not None:
        change["OldImage"] = to_item(before)
    name = "REMOVE" if after is None else "MODIFY" if before is not None else "INSERT"
    return {"eventID": str(next(_IDS)), "eventName": name, "dynamodb": change}


def of_index(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    return record(before, after, "executionArn")


def of_run(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    return record(before, after, "executionId", "itemKey")
