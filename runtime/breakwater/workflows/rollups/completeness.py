"""How complete figures are: what was not read and why, and what found no room. Pure."""

from typing import Any

from breakwater.workflows.rollups.contribution import TO_BE_READ, History
from breakwater.workflows.rollups.places import FAILURE, STATE, STEP, TYPE
from breakwater.workflows.rollups.tally import EVERYTHING_ELSE, Rollup, Tally

_COUNTED = {TYPE: "ended", STEP: "occurrences", STATE: "failures", FAILURE: "failures"}


def completeness_of(rollup: Rollup, whole: Tally) -> dict[str, Any]:
    """Steps, retries and transitions are those of executions whose history was read."""
    ended, read = whole.of("ended"), _histories(whole, History.READ)
    return {
        "executions": ended,
        "historyRead": read,
        "share": round(read / ended, 4) if ended else None,
        "toBeRead": sum(_histories(whole, history) for history in TO_BE_READ),
        "notRead": {
            history.value: _histories(whole, history)
            for history in History
            if history is not History.READ and _histories(whole, history)
        },
        "leftOut": {kind: _left_out(rollup, kind) for kind in _COUNTED},
    }


def _histories(whole: Tally, history: History) -> int:
    return whole.of(f"history.{history}")


def _left_out(rollup: Rollup, kind: str) -> int:
    """How many of the kind are counted without their name. The third part of a failure's key is
    its fingerprint; a state may be unknown, which is not the same.
    """
    decisive = 2 if kind == FAILURE else -1
    return sum(
        tally.of(_COUNTED[kind])
        for key, tally in rollup.of(kind)
        if key[decisive] == EVERYTHING_ELSE
    )
