"""What was achieved: recovery time and recovery point, against the objectives. Pure."""

from collections.abc import Sequence

from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.report.parts import Duration, RecoveryPoint, RecoveryTime
from breakwater.recovery.report.run_clock import RunClock

_NOT_RECOVERED = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT})


def recovery_time(run: Run, clock: RunClock) -> RecoveryTime:
    """From the request to the end; what did not complete recovered nothing, however quickly."""
    elapsed = clock.lasting(clock.end - clock.start)
    paused = clock.lasting(min(run.paused_until(clock.end), clock.end - clock.start))
    complete = run.status is RunStatus.COMPLETED and run.ended_at is not None
    net = Duration(
        seconds=round(elapsed.seconds - paused.seconds, 3),
        wall_seconds=round(elapsed.wall_seconds - paused.wall_seconds, 3),
    )
    return RecoveryTime(
        objective_minutes=run.rto_minutes,
        elapsed=elapsed,
        measured=elapsed if complete else None,
        paused=paused,
        without_pauses=net if complete else None,
        met=_met(run, elapsed, clock),
        met_without_pauses=_met(run, net, clock),
    )


def _met(run: Run, taken: Duration, clock: RunClock) -> bool | None:
    within = clock.within_minutes(taken, run.rto_minutes)
    if within is None or run.status in {RunStatus.CANCELLED, RunStatus.CANCELLING}:
        return None
    if run.status in _NOT_RECOVERED:
        return False
    if run.status is RunStatus.COMPLETED:
        return within
    return None if within else False


def server_point(server: ServerRun, clock: RunClock) -> Duration | None:
    """How old its data was when the recovery was asked for; 0 where it is from after that."""
    return clock.between(server.point_in_time, clock.start)


def recovery_point(run: Run, servers: Sequence[ServerRun], clock: RunClock) -> RecoveryPoint:
    """The worst of all servers that launched."""
    launched = [one for one in servers if launched_once(one)]
    points = [(one, server_point(one, clock)) for one in launched]
    known = [(point, one) for one, point in points if point is not None]
    worst = max(known, key=lambda pair: (pair[0].seconds, pair[1].name), default=None)
    return RecoveryPoint(
        objective_minutes=run.rpo_minutes,
        worst=worst[0] if worst else None,
        worst_server=worst[1].name if worst else None,
        measured_servers=len(known),
        unknown_servers=len(launched) - len(known),
        previous_snapshots=sum(one.previous_snapshot for one in servers),
        met=clock.within_minutes(worst[0] if worst else None, run.rpo_minutes),
    )


def launched_once(server: ServerRun) -> bool:
    """EC2 ran it, whether it still does or not."""
    return server.confirmed_at is not None
