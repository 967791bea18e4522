"""State transitions of a type: those counted, and an estimate with those that nobody read. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from breakwater.workflows.rollups.tally import Tally


class Transitions(NamedTuple):
    """Of one type of executions."""

    counted: int
    read: int
    """Executions whose history was read: those that `counted` is of."""

    billed: int
    """Executions that Step Functions bills by transitions, read or not."""

    not_billed: int
    """Express executions, and those of other engines."""

    estimated: float
    """As if those that were not read had made as many as those that were."""


def transitions_of(types: Mapping[str, Tally]) -> dict[str, Transitions]:
    """By type; a type of which no history was read is taken as the others are on average."""
    read = sum(tally.of("history.read") for tally in types.values())
    counted = sum(tally.of("transitions") for tally in types.values())
    average = counted / read if read else 0.0
    return {name: _of(tally, average) for name, tally in types.items()}


def _of(tally: Tally, average: float) -> Transitions:
    counted, read = tally.of("transitions"), tally.of("history.read")
    not_billed = tally.of("history.none")
    billed = tally.of("ended") - not_billed
    each = counted / read if read else average
    return Transitions(
        counted=counted,
        read=read,
        billed=billed,
        not_billed=not_billed,
        estimated=counted + each * (billed - read),
    )
