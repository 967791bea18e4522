"""A record of the index table's stream → the row of an execution that ended, or None. Pure."""

from collections.abc import Mapping
from typing import Any

from breakwater import contract
from breakwater.index.row import Row
from breakwater.platform.attribute_values import from_item

_KEY = contract.EXECUTION_INDEX.partition
_NOTES = "#"  # keys of the index's own notes begin so


class NotARow(ValueError):
    """A record that no release of ours has written."""


def ended_row(record: Mapping[str, Any]) -> Row | None:
    """The row as it is now; None for what adds nothing: notes, open rows, rows that leave."""
    image = record.get("dynamodb", {}).get("NewImage")
    if record.get("eventName") == "REMOVE" or not image:
        return None
    try:
        values = from_item(image)
        if str(values[_KEY]).startswith(_NOTES) or "revision" not in values:
            return None
        row = Row.from_values(values)
    except (KeyError, TypeError, ValueError) as error:
        raise NotARow(f"The record is no row of the index: {error!r}") from error
    return None if row.is_open or row.stop_date is None else row
