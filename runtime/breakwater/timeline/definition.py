"""A state machine's definition, as far as a timeline asks it: where states are, what follows.

State names are unique in a definition, so a name alone finds its state, at any depth.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from breakwater.timeline.retry_policy import RetryPolicy, retry_policy

MAX_DEPTH = 50
"""Parallel and Map states in each other, in definitions and in histories. People stop at five."""


class NotADefinition(ValueError):
    """What was given as a definition is none; the message says what is missing."""


class Edge(NamedTuple):
    """A way from one state to another."""

    source: str
    target: str
    kind: str
    """`next`, `choice`, `default` or `catch`."""


class State(NamedTuple):
    """A state as the definition writes it."""

    name: str
    type: str
    container: str | None
    """The Parallel or Map that it is in."""

    branch: int | None
    """In a Parallel: which branch."""

    retry: tuple[RetryPolicy, ...]
    edges: tuple[Edge, ...]
    token_keys: frozenset[str]
    """Under which keys of its parameters it hands out its task token."""

    function: str | None = None
    """The function that it calls, as the definition names it."""


class Definition:
    """The states by name, in the order in which they are written."""

    def __init__(self, told: Mapping[str, Any] | str) -> None:
        """
        :param told: the definition, as JSON text or parsed.
        """
        parsed = _parsed(told)
        if not isinstance(parsed.get("States"), Mapping) or not parsed["States"]:
            raise NotADefinition(
                "This is no state machine definition: it has no member States with states in it. "
                "Give what DescribeStateMachineForExecution returns as `definition`."
            )
        self.start = str(parsed.get("StartAt", ""))
        self.states = {state.name: state for state in _states(parsed)}
        self._starts = _starts(parsed)

    def state(self, name: str) -> State | None:
        """The state of this name."""
        return self.states.get(name)

    def starts_of(self, container: str) -> tuple[str, ...]:
        """Where the branches of a Parallel, or the iterations of a Map, begin."""
        return self._starts.get(container, ())

    def token_keys(self, name: str) -> frozenset[str]:
        """Under which keys a state hands out its task token."""
        state = self.states.get(name)
        return state.token_keys if state is not None else frozenset()

    def policy(self, name: str, error: str | None) -> RetryPolicy | None:
        """The retry rule of this state that holds for an error: the first that covers it."""
        state = self.states.get(name)
        if state is None or error is None:
            return None
        return next((rule for rule in state.retry if rule.covers(error)), None)


def _parsed(told: Mapping[str, Any] | str) -> Mapping[str, Any]:
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except (ValueError, RecursionError) as error:
            raise NotADefinition(f"The definition is not JSON: {error}") from error
    if not isinstance(told, Mapping):
        raise NotADefinition(f"A definition is an object with States, not {type(told).__name__}.")
    return told


def _inner(state: Mapping[str, Any]) -> list[tuple[int | None, Any]]:
    """The machines inside a state, with the number of the branch."""
    branches = state.get("Branches")
    if isinstance(branches, list):
        return list(enumerate(branches))
    inside = state.get("ItemProcessor", state.get("Iterator"))
    if not isinstance(inside, Mapping):
        return []
    settings = inside.get("ProcessorConfig")
    if isinstance(settings, Mapping) and settings.get("Mode") == "DISTRIBUTED":
        return []  # its iterations are executions of their own, with histories of their own
    return [(None, inside)]


def _machines(
    top: Mapping[str, Any],
) -> Iterator[tuple[str | None, int | None, Mapping[str, Any]]]:
    """This machine and those inside its states: container, branch, machine; in written order."""
    waiting: list[tuple[str | None, int | None, Any, int]] = [(None, None, top, 0)]
    while waiting:
        container, branch, machine, depth = waiting.pop()
        if not isinstance(machine, Mapping) or not isinstance(machine.get("States"), Mapping):
            continue
        yield container, branch, machine
        if depth >= MAX_DEPTH:
            continue
        for name, state in reversed(machine["States"].items()):
            if isinstance(state, Mapping):
                waiting.extend(
                    (str(name), number, inside, depth + 1)
                    for number, inside in reversed(_inner(state))
                )


def _states(top: Mapping[str, Any]) -> Iterator[State]:
    for container, branch, machine in _machines(top):
        for name, state in machine["States"].items():
            if not isinstance(state, Mapping):
                continue
            retry = state.get("Retry")
            rules = map(retry_policy, retry if isinstance(retry, list) else ())
            yield State(
                name=str(name),
                type=str(state.get("Type", "")),
                container=container,
                branch=branch,
                retry=tuple(rule for rule in rules if rule is not None),
                edges=tuple(_edges(str(name), state)),
                token_keys=frozenset(
                    key
                    for member in ("Parameters", "Arguments")
                    for key in _token_keys(state.get(member), "", 0)
                ),
                function=_function(state),
            )


def _function(state: Mapping[str, Any]) -> str | None:
    for member in ("Parameters", "Arguments"):
        told = state.get(member)
        if isinstance(told, Mapping) and isinstance(told.get("FunctionName"), str):
            return str(told["FunctionName"])
    return None


def _edges(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    if isinstance(state.get("Next"), str):
        yield Edge(name, state["Next"], "next")
    for member, kind in (("Choices", "choice"), ("Catch", "catch")):
        rules = state.get(member)
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, Mapping) and isinstance(rule.get("Next"), str):
                yield Edge(name, rule["Next"], kind)
    if isinstance(state.get("Default"), str):
        yield Edge(name, state["Default"], "default")


def _token_keys(value: Any, key: str, depth: int) -> Iterator[str]:
    """The keys whose value is, or contains, `$$.Task.Token` or `$states.context.Task.Token`."""
    if isinstance(value, str):
        if "Task.Token" in value:
            yield key
    elif isinstance(value, Mapping) and depth < MAX_DEPTH:
        for name, member in value.items():
            yield from _token_keys(member, str(name).removesuffix(".$"), depth + 1)
    elif isinstance(value, list) and depth < MAX_DEPTH:
        for member in value:
            yield from _token_keys(member, key, depth + 1)


def _starts(top: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for container, _, machine in _machines(top):
        if container is not None:
            found.setdefault(container, []).append(str(machine.get("StartAt", "")))
    return {container: tuple(names) for container, names in found.items()}
