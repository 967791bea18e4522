"""Many items by their keys, however DynamoDB hands them out."""

from typing import Any

import pytest

from breakwater.platform.batch_reading import items_of

KEYS = [{"id": {"S": f"{n:03d}"}} for n in range(250)]


class Left(Exception):
    """So many were left unread."""


class Hesitant:
    """A table that hands out at most so many items at once."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.asked: list[int] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        keys = RequestItems["t"]["Keys"]
        assert len(keys) <= 100, "BatchGetItem takes no more"
        self.asked.append(len(keys))
        given, left = keys[: self.at_once], keys[self.at_once :]
        return {
            "Responses": {"t": given},
            "UnprocessedKeys": {"t": {"Keys": left}} if left else {},
        }


def test_a_hundred_are_one_call() -> None:
    table = Hesitant(100)
    assert list(items_of(table, "t", KEYS[:100], now=True, unread=Left)) == KEYS[:100]
    assert table.asked == [100]


def test_what_is_left_is_asked_for_again_after_a_pause() -> None:
    table, pauses = Hesitant(60), []
    found = items_of(
        table, "t", KEYS, now=False, unread=Left, pause=lambda: pauses.append(len(table.asked))
    )
    assert sorted(one["id"]["S"] for one in found) == [one["id"]["S"] for one in KEYS]
    assert pauses == [1, 2, 3, 4]


def test_what_is_left_again_and_again_is_an_error_that_counts_it() -> None:
    with pytest.raises(Left, match="94"):
        list(items_of(Hesitant(1), "t", KEYS[:99], now=True, unread=Left))
