"""Sketches: right within 1 %, whatever order they were filled and merged in."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.workflows.rollups.packing import pack, unpack
from breakwater.workflows.rollups.sketch import Sketch, bucket_of, merged

YEAR = 366 * 86_400_000
values = st.one_of(
    st.integers(min_value=0, max_value=YEAR),
    st.integers(min_value=0, max_value=2_000),
    st.floats(min_value=0, max_value=math.log(YEAR)).map(lambda power: round(math.exp(power))),
)
lists = st.lists(values, max_size=60)
parts = st.floats(min_value=0.0, max_value=1.0)


def exact(numbers: list[int], part: float) -> int:
    """The smallest value that at least this part is not above: of the sorted values themselves."""
    return sorted(numbers)[max(math.ceil(part * len(numbers)), 1) - 1]


@given(lists.filter(bool), parts)
def test_any_percentile_is_within_one_percent_of_the_sorted_values(
    numbers: list[int], part: float
) -> None:
    told = Sketch(numbers).percentile(part)
    assert told is not None
    assert abs(told - exact(numbers, part)) <= 0.01 * exact(numbers, part)


@pytest.mark.parametrize("part", [0.5, 0.95, 0.99])
def test_also_of_many(part: float) -> None:
    numbers = [round(math.exp(4 + (n * 7919 % 10_007) / 1_200)) for n in range(10_007)]
    told = Sketch(numbers).percentile(part)
    assert told is not None
    assert abs(told / exact(numbers, part) - 1) <= 0.01


@given(lists)
def test_count_and_mean_are_exact(numbers: list[int]) -> None:
    sketch = Sketch(numbers)
    assert sketch.count == len(numbers)
    assert sketch.mean == (sum(numbers) / len(numbers) if numbers else None)


@given(st.lists(lists, max_size=6), st.randoms(use_true_random=False))
def test_merging_in_any_order_and_grouping_is_filling_at_once(
    groups: list[list[int]], random: object
) -> None:
    at_once = Sketch(number for group in groups for number in group)
    shuffled = list(groups)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    left_to_right = merged(Sketch(group) for group in shuffled)
    right_to_left = Sketch()
    for group in reversed(shuffled):
        one = Sketch(group)
        one.add(right_to_left)
        right_to_left = one
    assert at_once == left_to_right == right_to_left


@given(lists, lists)
def test_what_is_taken_out_again_leaves_what_was_there(kept: list[int], gone: list[int]) -> None:
    sketch = Sketch([*kept, *gone])
    sketch.add(Sketch(gone), -1)
    assert sketch == Sketch(kept)
    sketch.add(Sketch(kept), -1)
    assert not sketch


@given(lists, lists)
def test_it_comes_back_from_its_bytes(one: list[int], other: list[int]) -> None:
    for sketch in (Sketch(one), Sketch([*one, *other])):
        assert Sketch.from_numbers(unpack(pack(sketch.to_numbers()))) == sketch
    negative = Sketch()
    negative.add(Sketch(one), -1)
    assert Sketch.from_numbers(negative.to_numbers()) == negative


def test_buckets_never_go_back() -> None:
    buckets = [bucket_of(number) for number in range(5_000)]
    assert all(one <= next_one for one, next_one in pairwise(buckets))


def test_a_year_in_milliseconds_has_few_buckets() -> None:
    assert bucket_of(YEAR) < 1_250


def test_small_counts_are_exact_once_rounded() -> None:
    """Numbers of steps are shown whole."""
    for number in range(50):
        told = Sketch([number]).percentile(0.5)
        assert told is not None
        assert round(told) == number


def test_of_nothing_nothing_is_known() -> None:
    assert Sketch().percentile(0.5) is None
    assert Sketch().mean is None


def test_clocks_that_disagree_make_no_negative_time() -> None:
    assert Sketch([-5]).percentile(0.5) == 0
