"""Plain values come back from DynamoDB's form as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.platform.attribute_values import from_attribute, from_item, to_attribute, to_item

VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


@given(some.dictionaries(some.text(), VALUES))
def test_what_goes_in_comes_out(values: dict[str, object]) -> None:
    assert from_item(to_item(values)) == values


def test_a_set_is_read_in_order() -> None:
    assert from_attribute({"SS": ["b", "a"]}) == ["a", "b"]


def test_what_has_no_place_in_an_attribute_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="is a float"):
        to_attribute(float("inf"))
    with pytest.raises(TypeError, match="is a bytes"):
        to_attribute(b"")
    with pytest.raises(TypeError, match="type B"):
        from_attribute({"B": b""})
