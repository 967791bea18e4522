"""What is counted of a run, as documents in CloudWatch's embedded metric format. Pure.

Printed as one line of JSON each, CloudWatch makes metrics of them, and Logs Insights can ask for
the plain fields beside (`executionId`, `isDrill`, ...). Event numbers are the run's seconds, so a
ratio means the same however fast the local clock runs.

Durations and ratios are told of what completed only: a run that failed after a minute did not
recover in a minute. Servers are counted once, at the end of their run.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater.contract import METRICS_NAMESPACE, Metric
from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.run import Run

ENVIRONMENT, PLAN, WAVE = "Environment", "Plan", "Wave"
_COUNT, _SECONDS, _RATIO = "Count", "Seconds", "None"
_OUTCOMES = {
    EventKind.STARTED: Metric.RUNS_STARTED,
    EventKind.COMPLETED: Metric.RUNS_COMPLETED,
    EventKind.FAILED: Metric.RUNS_FAILED,
    EventKind.TIMED_OUT: Metric.RUNS_TIMED_OUT,
    EventKind.CANCELLED: Metric.RUNS_CANCELLED,
}
_ENDS = frozenset(_OUTCOMES) - {EventKind.STARTED}

Values = dict[Metric, tuple[float, str]]


def metrics_of(event: Event, run: Run, *, environment: str) -> tuple[dict[str, Any], ...]:
    """The documents to print for this event; none where nothing is counted."""
    found = (
        _document(event, run, environment, [[ENVIRONMENT]], _counts(event)),
        _document(
            event, run, environment, [[ENVIRONMENT], [ENVIRONMENT, PLAN]], _times(event, run)
        ),
        _document(event, run, environment, [[ENVIRONMENT, PLAN, WAVE]], _wave_times(event)),
    )
    return tuple(one for one in found if one is not None)


def watch_metrics(
    *, longest_pause: float, longest_silence: float, environment: str, at: datetime
) -> dict[str, Any]:
    """What the alarms on open runs look at; told every minute, zeros too."""
    metrics = {
        Metric.LONGEST_PAUSE_SECONDS: longest_pause,
        Metric.LONGEST_SILENCE_SECONDS: longest_silence,
    }
    return {
        "_aws": {
            "Timestamp": int(at.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": METRICS_NAMESPACE,
                    "Dimensions": [[ENVIRONMENT]],
                    "Metrics": [{"Name": one.value, "Unit": _SECONDS} for one in metrics],
                }
            ],
        },
        ENVIRONMENT: _dimension(environment),
        **{one.value: value for one, value in metrics.items()},
    }


def _counts(event: Event) -> Values:
    values: Values = {}
    if event.kind in _OUTCOMES:
        values[_OUTCOMES[event.kind]] = (1, _COUNT)
    if event.kind in _ENDS:
        for name, metric in (
            ("launched", Metric.SERVERS_LAUNCHED),
            ("failed", Metric.SERVERS_FAILED),
        ):
            count = _number(event.numbers, name)
            if count is not None:
                values[metric] = (count, _COUNT)
    return values


def _times(event: Event, run: Run) -> Values:
    seconds = _number(event.numbers, "seconds")
    if event.kind is not EventKind.COMPLETED or seconds is None:
        return {}
    values: Values = {Metric.PLAN_SECONDS: (seconds, _SECONDS)}
    if run.rto_minutes:
        objective = run.rto_minutes * 60
        paused = _number(event.numbers, "pausedSeconds") or 0
        values[Metric.RTO_RATIO] = (seconds / objective, _RATIO)
        values[Metric.RTO_RATIO_WITHOUT_PAUSES] = (max(0, seconds - paused) / objective, _RATIO)
    return values


def _wave_times(event: Event) -> Values:
    seconds = _number(event.numbers, "seconds")
    if event.kind is not EventKind.WAVE_COMPLETED or not event.wave or seconds is None:
        return {}
    return {Metric.WAVE_SECONDS: (seconds, _SECONDS)}


def _document(
    event: Event, run: Run, environment: str, dimensions: list[list[str]], values: Values
) -> dict[str, Any] | None:
    if not values:
        return None
    named = {ENVIRONMENT: environment, PLAN: run.plan_name, WAVE: event.wave or ""}
    used = {name for names in dimensions for name in names}
    return {
        "_aws": {
            "Timestamp": int(event.at.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": METRICS_NAMESPACE,
                    "Dimensions": dimensions,
                    "Metrics": [
                        {"Name": metric.value, "Unit": unit} for metric, (_, unit) in values.items()
                    ],
                }
            ],
        },
        **{name: _dimension(value) for name, value in named.items() if name in used},
        **{metric.value: value for metric, (value, _) in values.items()},
        "event": event.kind.value,
        "executionId": run.execution_id,
        "planId": run.plan_id,
        "planName": run.plan_name,
        "isDrill": run.is_drill,
    }


def _dimension(value: str) -> str:
    """As CloudWatch takes it: printable ASCII. Two names never become one."""
    told = value.encode("ascii", "backslashreplace").decode("ascii")
    printable = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in told)
    return printable if printable.strip() and not printable.startswith(":") else f"'{printable}'"


def _number(numbers: Mapping[str, Any], name: str) -> float | None:
    """What DynamoDB gives back as a Decimal is a plain number in JSON."""
    value = numbers.get(name)
    if value is None:
        return None
    plain = float(value)
    return int(plain) if plain.is_integer() else plain
