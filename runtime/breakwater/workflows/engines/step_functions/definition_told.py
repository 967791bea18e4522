"""A state machine's definition as the detail tells it, and how long a way through it is. Pure."""

from collections.abc import Mapping
from typing import Any

from breakwater.timeline.definition import Definition, NotADefinition

STATES_TOLD = 500


def definition_of(text: str | None) -> Definition | None:
    """None where there is none, or none that is understood."""
    try:
        return Definition(text) if text else None
    except NotADefinition:
        return None


def definition_told(
    definition: Definition | None,
    row: Mapping[str, Any],
    *,
    revision: str | None,
    target: float | None,
) -> dict[str, Any] | None:
    """Name, version, states, target."""
    if definition is None:
        return None
    states = [
        {"name": state.name, "type": state.type, "within": state.container}
        for state in definition.states.values()
    ]
    return {
        "name": row["stateMachineArn"].rpartition(":")[2],
        "version": row.get("version"),
        "alias": row.get("alias"),
        "revisionId": revision,
        "startAt": definition.start,
        "stateCount": len(states),
        "states": states[:STATES_TOLD],
        "slaTargetSeconds": target,
    }


def expected_steps(definition: Definition | None) -> float | None:
    """The longest way from the start to an end, each state once: errors and loops left out.

    Of a Parallel all branches count, of a Map one iteration.
    """
    if definition is None or definition.start not in definition.states:
        return None
    lengths: dict[str, int] = {}
    under_way: set[str] = set()
    waiting = [(definition.start, False)]
    while waiting:
        name, is_known = waiting.pop()
        if is_known:
            lengths[name] = _length(definition, name, lengths)
        elif name not in under_way and definition.state(name) is not None:
            under_way.add(name)
            waiting.append((name, True))
            waiting += [(one, False) for one in _following(definition, name)]
            waiting += [(one, False) for one in definition.starts_of(name)]
    return float(lengths[definition.start])


def _length(definition: Definition, name: str, lengths: Mapping[str, int]) -> int:
    """Of what is not known, a loop leads back to it: it counts once, where it was."""
    inside = sum(lengths.get(one, 0) for one in definition.starts_of(name))
    after = max((lengths.get(one, 0) for one in _following(definition, name)), default=0)
    return 1 + inside + after


def _following(definition: Definition, name: str) -> list[str]:
    state = definition.state(name)
    return [edge.target for edge in state.edges if edge.kind != "catch"] if state else []
