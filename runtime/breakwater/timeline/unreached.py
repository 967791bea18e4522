"""What the definition adds: the states that were not entered, and the ways between states."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from breakwater.timeline.definition import Definition, Edge
from breakwater.timeline.statuses import PENDING
from breakwater.timeline.step import Step

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline


class PendingStep(NamedTuple):
    """A state that was not entered, at least not so far."""

    name: str
    type: str
    path: str
    status: str
    reachable: bool
    """It may still be entered; never so when the execution is over."""


class Transition(NamedTuple):
    """A way from one state to another."""

    source: str
    target: str
    kind: str
    """`next`, `choice`, `default`, `catch`; `unknown` when it was taken and is not defined."""

    taken: int


def pending_of(timeline: "Timeline") -> tuple[PendingStep, ...]:
    """The states that were not entered, in the order of the definition."""
    definition = timeline.definition
    if definition is None:
        return ()
    entered = {step.name for step in timeline.steps}
    reachable = _reachable(definition, [step.name for step in timeline.current])
    if timeline.execution.status == "UNKNOWN":
        reachable = set(definition.states)
    elif timeline.execution.status == "RUNNING" and not timeline.current:
        reachable = _between_states(timeline, definition)
    return tuple(
        PendingStep(
            name=state.name,
            type=state.type,
            path=_path(definition, state.name),
            status=PENDING,
            reachable=state.name in reachable,
        )
        for state in definition.states.values()
        if state.name not in entered
    )


def transitions_of(timeline: "Timeline") -> tuple[Transition, ...]:
    """Every way of the definition, and how often it was taken; then those that it does not have."""
    definition = timeline.definition
    if definition is None:
        return ()
    taken = Counter(_taken(timeline))
    known = [
        Transition(*edge, taken.pop((edge.source, edge.target), 0)) for edge in _edges(definition)
    ]
    return (*known, *(Transition(*way, "unknown", times) for way, times in taken.items()))


def _edges(definition: Definition) -> Iterator[Edge]:
    """Each way once: several rules may lead to the same state."""
    seen: set[tuple[str, str]] = set()
    for state in definition.states.values():
        for edge in state.edges:
            if edge[:2] not in seen:
                seen.add(edge[:2])
                yield edge


def _taken(timeline: "Timeline") -> Iterator[tuple[str, str]]:
    waiting: list[tuple[Step, ...]] = [
        tuple(step for segment in timeline.segments for step in segment.steps)
    ]
    while waiting:
        steps = waiting.pop()
        for before, after in pairwise(steps):
            if before.segment == after.segment or before.name != after.name:
                yield before.name, after.name
        waiting.extend(lane.steps for step in steps for lane in step.lanes)


def _reachable(definition: Definition, starts: list[str]) -> set[str]:
    """What may come after these states, inside them and after what contains them."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        state = definition.state(name)
        if state is None or name in seen:
            continue
        seen.add(name)
        waiting.extend(edge.target for edge in state.edges)
        waiting.extend(definition.starts_of(name))
        if state.container is not None:
            waiting.append(state.container)
    return seen


def _between_states(timeline: "Timeline", definition: Definition) -> set[str]:
    """Running, and in no state: it has just begun, or is about to enter the next one."""
    last = timeline.steps[-1].name if timeline.steps else None
    return _reachable(definition, [definition.start if last is None else last])


def _path(definition: Definition, name: str) -> str:
    parts: list[str] = []
    state = definition.state(name)
    while state is not None and len(parts) < len(definition.states):
        index = "" if not parts else parts.pop(0)
        parts.insert(0, state.name + index)
        if state.container is None:
            break
        parts.insert(0, f"[{state.branch if state.branch is not None else '*'}]")
        state = definition.state(state.container)
    return "/".join(parts)
