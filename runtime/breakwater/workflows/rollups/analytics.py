"""The answer to GET /analytics, from the rollup of a period. Pure.

Rates are parts of 1, null where there is nothing to divide by. Durations are seconds. Whatever is
an estimate is called so, and how complete the figures are stands beside them.
"""

from collections.abc import Iterable
from typing import Any

from breakwater.workflows.rollups.completeness import completeness_of
from breakwater.workflows.rollups.places import FAILURE, STATE, STEP, TYPE
from breakwater.workflows.rollups.prices import Price
from breakwater.workflows.rollups.sketch import Sketch, merged
from breakwater.workflows.rollups.tally import EVERYTHING_ELSE, Rollup, Tally
from breakwater.workflows.rollups.transitions import Transitions, transitions_of

MOST_TYPES = 100
MOST_ROWS = 20
_DIGITS = 4
Json = dict[str, Any]


def analytics_of(rollup: Rollup, price: Price) -> Json:
    """All figures of a period."""
    types = {name: tally for (name,), tally in rollup.of(TYPE)}
    whole = _sum(types.values())
    transitions = transitions_of(types)
    steps = [(key, tally) for key, tally in rollup.of(STEP) if key[-1] != EVERYTHING_ELSE]
    return {
        "executions": _executions(whole),
        "sla": _sla(whole),
        "duration": _duration(_all_ms(whole)),
        "types": [
            _type(name, tally, transitions[name], price)
            for name, tally in _most(types.items(), "ended")[:MOST_TYPES]
        ],
        "moreTypes": max(len(types) - MOST_TYPES, 0),
        "failures": _failures(rollup, whole),
        "slowestSteps": [
            _step(key, tally)
            for key, tally in sorted(steps, key=_slowness, reverse=True)[:MOST_ROWS]
        ],
        "retries": _retries(rollup, steps),
        "transitions": _transitions(transitions.values()),
        "cost": _cost(transitions.values(), price),
        "completeness": completeness_of(rollup, whole),
    }


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def _most(found: Iterable[tuple[Any, Tally]], count: str) -> list[tuple[Any, Tally]]:
    """Most of it first; where they are equal, by name."""
    return sorted(found, key=lambda one: (-one[1].of(count), one[0]))


def _rate(part: float, whole: float) -> float | None:
    return round(part / whole, _DIGITS) if whole else None


def _executions(tally: Tally) -> Json:
    names = ("ended", "completed", "failed", "timedOut", "cancelled", "other", "redrives")
    return {
        **{name: tally.of(name) for name in names},
        "failureRate": _rate(tally.of("failed") + tally.of("timedOut"), tally.of("ended")),
    }


def _sla(tally: Tally) -> Json:
    met, missed = tally.of("sla.met"), tally.of("sla.missed")
    return {"met": met, "missed": missed, "compliance": _rate(met, met + missed)}


def _all_ms(tally: Tally) -> Sketch:
    return merged([tally.sketch("ms"), tally.sketch("otherMs")])


def _duration(sketch: Sketch) -> Json:
    mean = sketch.mean
    return {
        "count": sketch.count,
        "mean": _seconds(mean),
        **{f"p{part}": _seconds(sketch.percentile(part / 100)) for part in (50, 95, 99)},
    }


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 3)


def _type(name: str, tally: Tally, transitions: Transitions, price: Price) -> Json:
    return {
        "type": name or None,
        **_executions(tally),
        "sla": _sla(tally),
        "duration": _duration(_all_ms(tally)),
        "completedDuration": _duration(tally.sketch("ms")),
        "transitions": _transitions([transitions]),
        "cost": _cost([transitions], price),
    }


def _failures(rollup: Rollup, whole: Tally) -> Json:
    failed = whole.of("failed") + whole.of("timedOut")
    visits = {key: tally.of("occurrences") for key, tally in rollup.of(STEP)}
    states = _most(rollup.of(STATE), "failures")
    prints = _most(rollup.of(FAILURE), "failures")
    return {
        "byState": [
            {
                **_named(key),
                "failures": tally.of("failures"),
                "visits": visits.get(key),
                "rate": _rate(tally.of("failures"), visits.get(key, 0)),
                "share": _rate(tally.of("failures"), failed),
            }
            for key, tally in states
            if key[-1] != EVERYTHING_ELSE
        ][:MOST_ROWS],
        "byFingerprint": [
            {
                **_named((*key[:2], key[4])),
                "fingerprint": key[2],
                "error": key[3] or None,
                "failures": tally.of("failures"),
                "rate": _rate(tally.of("failures"), whole.of("ended")),
                "share": _rate(tally.of("failures"), failed),
            }
            for key, tally in prints
            if key[2] != EVERYTHING_ELSE
        ][:MOST_ROWS],
        "withoutState": failed - sum(tally.of("failures") for _, tally in states),
    }


def _named(key: tuple[str, ...]) -> Json:
    kind, machine, state = key
    return {"type": kind, "stateMachine": machine, "state": state or None}


def _slowness(found: tuple[tuple[str, ...], Tally]) -> tuple[float, tuple[str, ...]]:
    key, tally = found
    return (tally.sketch("ms").percentile(0.95) or 0.0, key)


def _step(key: tuple[str, ...], tally: Tally) -> Json:
    return {
        **_named(key),
        "occurrences": tally.of("occurrences"),
        "failed": tally.of("failed"),
        **_tries(tally),
        "duration": _duration(tally.sketch("ms")),
    }


def _tries(tally: Tally) -> Json:
    attempts, retries = tally.of("attempts"), tally.of("retries")
    return {"attempts": attempts, "retries": retries, "retryRate": _rate(retries, attempts)}


def _retries(rollup: Rollup, steps: list[tuple[tuple[str, ...], Tally]]) -> Json:
    whole = _sum(tally for _, tally in rollup.of(STEP))
    retried = [(key, tally) for key, tally in steps if tally.of("retries")]
    return {
        **_tries(whole),
        "steps": [_step(key, tally) for key, tally in _most(retried, "retries")[:MOST_ROWS]],
    }


def _transitions(parts: Iterable[Transitions]) -> Json:
    parts = list(parts)
    read = sum(part.read for part in parts)
    counted = sum(part.counted for part in parts)
    return {
        "counted": counted,
        "estimated": round(sum(part.estimated for part in parts)),
        "perExecution": _rate(counted, read),
    }


def _cost(parts: Iterable[Transitions], price: Price) -> Json:
    parts = list(parts)
    estimated = sum(part.estimated for part in parts)
    billed = sum(part.billed for part in parts)
    return {
        "estimatedUsd": price.of(estimated),
        "perExecutionUsd": price.of(estimated / billed) if billed else None,
        "notPriced": sum(part.not_billed for part in parts),
        "perThousandTransitionsUsd": price.per_thousand_usd,
        "priceAsOf": price.as_of,
    }
