"""What waits for what, for any plan that somebody may write."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.wave_graph import CyclicWaves, WaveGraph

NAMES = [f"w{number}" for number in range(8)]
ANY_GRAPH = some.dictionaries(
    some.sampled_from(NAMES), some.lists(some.sampled_from([*NAMES, "no wave"]), max_size=5)
)
# A wave that waits only for waves before it: no cycle is possible.
ACYCLIC = some.lists(some.sets(some.integers(0, 7), max_size=5), max_size=8).map(
    lambda rows: {
        NAMES[index]: [NAMES[one] for one in sorted(row) if one < index]
        for index, row in enumerate(rows)
    }
)


def test_a_cycle_is_named_wave_by_wave() -> None:
    assert WaveGraph({"web": ["app"], "app": ["db"], "db": ["web"]}).cycles() == [
        ("web", "app", "db")
    ]


def test_a_cycle_in_an_order_is_an_error_that_names_it() -> None:
    with pytest.raises(CyclicWaves, match="web → app → web"):
        WaveGraph({"web": ["app"], "app": ["web"]}).order()


def test_two_cycles_are_both_told() -> None:
    found = WaveGraph({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"], "e": ["a"]}).cycles()
    assert found == [("a", "b"), ("c", "d")]


def test_what_the_plan_does_not_decide_stays_as_it_is_written() -> None:
    assert WaveGraph({"c": [], "a": [], "b": ["c"]}).order() == ("c", "a", "b")


def test_dependants_and_needs_are_told_through_others() -> None:
    graph = WaveGraph({"db": [], "app": ["db"], "web": ["app"], "mail": []})
    assert graph.dependants_of("db") == {"app", "web"}
    assert graph.needed_by("web") == {"app", "db"}
    assert graph.dependants_of("mail") == frozenset()


def test_the_longest_chain_counts_waves_or_minutes() -> None:
    graph = WaveGraph({"a": [], "b": ["a"], "c": ["b"], "slow": []})
    assert graph.longest_chain() == ("a", "b", "c")
    minutes = {"a": 1, "b": 1, "c": 1, "slow": 60}
    assert graph.longest_chain(minutes) == ("slow",)


@given(ACYCLIC)
def test_an_order_has_every_wave_once_and_after_what_it_needs(graph: dict[str, list[str]]) -> None:
    order = WaveGraph(graph).order()
    assert sorted(order) == sorted(graph)
    for name, needed in graph.items():
        assert all(order.index(one) < order.index(name) for one in needed)
    assert WaveGraph(graph).cycles() == []


@given(ANY_GRAPH)
def test_there_is_an_order_exactly_if_there_is_no_cycle(graph: dict[str, list[str]]) -> None:
    cycles = WaveGraph(graph).cycles()
    if cycles:
        with pytest.raises(CyclicWaves):
            WaveGraph(graph).order()
    else:
        assert len(WaveGraph(graph).order()) == len(graph)


@given(ANY_GRAPH)
def test_a_cycle_is_made_of_dependencies_that_are_there(graph: dict[str, list[str]]) -> None:
    for cycle in WaveGraph(graph).cycles():
        assert len(set(cycle)) == len(cycle) > 1
        for name, needed in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert needed in graph[name]


@given(ANY_GRAPH)
def test_mending_every_cycle_that_is_told_is_enough(graph: dict[str, list[str]]) -> None:
    for cycle in WaveGraph(graph).cycles():
        for name, needed in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            graph[name] = [one for one in graph[name] if one != needed]
    assert WaveGraph(graph).cycles() == []


@given(ACYCLIC)
def test_dependants_and_needs_are_two_views_of_one_thing(graph: dict[str, list[str]]) -> None:
    waves = WaveGraph(graph)
    for name in graph:
        assert all(name in waves.needed_by(one) for one in waves.dependants_of(name))


@given(ACYCLIC)
def test_no_chain_is_longer_than_the_longest(graph: dict[str, list[str]]) -> None:
    def depth(name: str) -> int:
        return 1 + max((depth(one) for one in graph[name]), default=0)

    chain = WaveGraph(graph).longest_chain()
    assert len(chain) == max((depth(name) for name in graph), default=0)
    for before, after in pairwise(chain):
        assert before in graph[after]
