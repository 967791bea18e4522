"""A body is text of a sane size, and JSON with one meaning only."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.platform.http.body import MAX_BODY_BYTES, MAX_DEPTH, require_json, text_of
from breakwater.platform.http.errors import BadRequest, TooLarge


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{", "is no JSON: .* at line 1, column 2"),
        ('{"a": NaN}', "has NaN, which is no number of JSON"),
        ('{"a": -Infinity}', "has -Infinity"),
        ('{"a": 1e999}', "has 1e999"),
        ('{"a": %s}' % ("9" * 5000), "too many digits"),
        ('{"a": {"b": 1, "b": 2}}', "has the field 'b' twice; remove one"),
        ("[" * 200_000, f"nested deeper than {MAX_DEPTH} levels"),
        ('{"a":' * 30_000 + "1" + "}" * 30_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("[" * 21 + "]" * 21, f"nested deeper than {MAX_DEPTH} levels"),
    ],
)
def test_what_could_be_read_in_two_ways_or_not_at_all_is_refused(body: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why) as refused:
        require_json(body, "application/json")
    assert refused.value.details[0]["place"] == "body"  # type: ignore[index]


@pytest.mark.parametrize("body", ["", "7", "null", '{"a": [1, -2.5e3, true, "é", {"b": {}}]}'])
@pytest.mark.parametrize("kind", ["", "application/json", "Application/JSON; charset=utf-8"])
def test_json_is_let_through(body: str, kind: str) -> None:
    require_json(body, kind)


json_values = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, width=16)
    | some.text(),
    lambda parts: some.lists(parts) | some.dictionaries(some.text(), parts),
    max_leaves=30,
)


@given(json_values.filter(lambda value: "Infinity" not in json.dumps(value)))
def test_whatever_is_json_and_no_deeper_than_the_limit_is_let_through(value: Any) -> None:
    try:
        require_json(json.dumps(value), "application/json")
    except BadRequest as refused:
        assert "nested deeper" in refused.message  # noqa: PT017 - the only reason there may be


@given(some.text())
def test_any_other_text_is_a_400_and_nothing_else(text: str) -> None:
    try:
        require_json(text, "application/json")
    except BadRequest as refused:
        assert refused.message.startswith("The body ")  # noqa: PT017 - whatever it is


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    body = base64.b64encode(b'{"name": "\xff"}').decode()
    with pytest.raises(BadRequest, match="send UTF-8"):
        text_of({"body": body, "isBase64Encoded": True})


def test_the_size_is_counted_in_bytes() -> None:
    assert text_of({"body": "é" * (MAX_BODY_BYTES // 2)})
    with pytest.raises(TooLarge):
        text_of({"body": "é" * (MAX_BODY_BYTES // 2 + 1)})
