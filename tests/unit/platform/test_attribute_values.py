"""Plain values come back from DynamoDB's form as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.platform.attribute_values import from_attribute, from_item, to_attribute, to_item

# Whole ones come back as integers, which is equal and not what is asked here.
NUMBERS = some.floats(-1e9, 1e9).map(lambda one: one if one % 1 else one + 0.5)
NAMES = some.text(max_size=8)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | NUMBERS | some.text(max_size=40),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(some.dictionaries(NAMES, VALUES, max_size=4))
def test_what_goes_in_comes_out(values: dict[str, object]) -> None:
    assert from_item(to_item(values)) == values


def test_a_set_is_read_in_order() -> None:
    assert from_attribute({"SS": ["b", "a"]}) == ["a", "b"]


def test_what_has_no_place_in_an_attribute_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="is a float"):
        to_attribute(float("nan"))
    with pytest.raises(TypeError, match="is a set"):
        to_attribute({1})
    with pytest.raises(TypeError, match="type B"):
        from_attribute({"B": b""})
