"""What a timeline costs, beside what parsing the same history from JSON costs."""

import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.histories import loop, wide_map
from benchmarks.measure import Row, in_turns, shown
from breakwater.timeline import reconstruct

MANY, FEW = 25_000, 2_500
RUNS = 9
TIME_BUDGET = 2.0
MEMORY_BUDGET = 3.0
GROWTH_BUDGET = 11.0
EXTEND_BUDGET = 100.0
EXTENSIONS = 200
_HISTORIES: dict[str, Callable[[int], list[dict[str, Any]]]] = {"loop": loop, "wide map": wide_map}


def rows() -> Iterator[Row]:
    """Time, memory, growth, and one event more."""
    for name, make in _HISTORIES.items():
        text = json.dumps({"events": make(MANY)})
        small = json.dumps({"events": make(FEW)})
        size = len(text) / MANY
        assert 360 <= size <= 440, f"{name}: {size:.0f} bytes per event"
        events = json.loads(text)["events"]
        timeline = reconstruct(events)
        assert not timeline.unplaced, f"{name}: {len(timeline.unplaced)} unplaced"
        yield _time(name, text, events)
        yield _memory(name, text)
        yield _growth(name, events, json.loads(small)["events"])
        yield _extension(name, events)


def _time(name: str, text: str, events: list[Any]) -> Row:
    pair = in_turns(lambda: reconstruct(events), lambda: json.loads(text), RUNS)
    return Row(
        what=f"Reconstruct {MANY:,} events, {name}",
        measured=shown(pair.seconds),
        against="json.loads of the same file",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{TIME_BUDGET:.0f} x",
        kept=pair.ratio <= TIME_BUDGET,
    )


def _memory(name: str, text: str) -> Row:
    gc.collect()
    tracemalloc.start()
    events = json.loads(text)["events"]
    parsed = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    timeline = reconstruct(events)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del timeline
    return Row(
        what=f"Peak memory with {MANY:,} events, {name}",
        measured=f"{peak / 1e6:.0f} MB",
        against="the parsed events, which are in it",
        reference=f"{parsed / 1e6:.0f} MB",
        ratio=peak / parsed,
        budget=f"{MEMORY_BUDGET:.0f} x",
        kept=peak / parsed <= MEMORY_BUDGET,
    )


def _growth(name: str, many: list[Any], few: list[Any]) -> Row:
    # Ten small ones in each turn: one alone is over before the processor has found its speed.
    pair = in_turns(lambda: reconstruct(many), lambda: [reconstruct(few) for _ in range(10)], RUNS)
    growth = pair.ratio * 10
    return Row(
        what=f"Growth from {FEW:,} to {MANY:,} events, {name}",
        measured=shown(pair.seconds),
        against="the same with a tenth of the events",
        reference=shown(pair.reference_seconds / 10),
        ratio=growth,
        budget=f"{GROWTH_BUDGET:.0f} x",
        kept=growth <= GROWTH_BUDGET,
    )


def _extension(name: str, events: list[Any]) -> Row:
    """The last events of the history one by one, each time a whole new timeline."""
    whole = statistics.median(_seconds(lambda: reconstruct(events)) for _ in range(RUNS))
    timeline = reconstruct(events[:-EXTENSIONS])
    each: list[float] = []
    for event in events[-EXTENSIONS:]:
        began = time.perf_counter()
        timeline = timeline.extend([event])
        each.append(time.perf_counter() - began)
    assert timeline.segments == reconstruct(events).segments
    one = statistics.median(each)
    return Row(
        what=f"Reconstruct instead of extending by one event, at {MANY:,}, {name}",
        measured=shown(whole),
        against="extending",
        reference=f"{one * 1e6:.0f} µs",
        ratio=whole / one,
        budget=f"at least {EXTEND_BUDGET:.0f} x",
        kept=whole / one >= EXTEND_BUDGET,
    )


def _seconds(thing: Callable[[], object]) -> float:
    began = time.perf_counter()
    thing()
    return time.perf_counter() - began
