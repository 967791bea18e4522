"""The chain of waves and servers that decided how long a run took, and where its time went. Pure.

From the wave that ended last back through the dependency that ended last. The path is cut into
stretches without gaps or overlaps, from the request to the end (or now), so their sum is the whole
time, whatever is missing or out of order in what is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.known import Known
from breakwater.recovery.report.parts import CriticalPath, Duration, Stretch, TimeKind
from breakwater.recovery.report.run_clock import RunClock

NO_QUEUE = timedelta(seconds=10)
"""Asking DRS at once takes less; what takes longer waited for a place, or for DRS to take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """Until this moment the time went there."""

    until: datetime | None
    kind: TimeKind
    wave: str | None = None
    server: str | None = None


def critical_path(known: Known) -> CriticalPath:
    """The path, so far if the run is open."""
    run, clock = known.run, known.clock
    chain = _chain(known.waves, clock)
    marks = [_Mark(until=run.begun_at, kind=TimeKind.ENGINE)]
    for before, wave in zip((None, *chain), chain, strict=False):
        marks += _marks(known, wave, before)
    marks += _pauses(run, clock.end)
    cleaned = [step.ended_at for step in known.steps if step.round == 0]
    began = [step.started_at for step in known.steps if step.round == 0 and step.started_at]
    if began:
        last = clock.end if None in cleaned else max(one for one in cleaned if one is not None)
        marks.append(_Mark(until=min(began), kind=TimeKind.ENGINE))
        marks.append(_Mark(until=last, kind=TimeKind.CLEANUP))
    marks.append(_Mark(until=clock.end, kind=_tail(run, clock)))
    stretches = tuple(_stretches(marks, clock))
    return CriticalPath(
        waves=tuple(wave.name for wave in chain),
        stretches=stretches,
        totals=_totals(stretches),
        total=clock.lasting(clock.end - clock.start),
    )


def _chain(waves: Sequence[WaveRun], clock: RunClock) -> list[WaveRun]:
    """The waves of this run that decided, first to last."""
    named = {wave.name: wave for wave in waves if _took_part(wave)}
    chain: list[WaveRun] = []
    wave = max(named.values(), key=lambda one: _end(one, clock), default=None)
    while wave is not None:
        chain.append(wave)
        del named[wave.name]  # a cycle cannot keep us here
        before = [named[one] for one in wave.depends_on if one in named]
        wave = max(before, key=lambda one: _end(one, clock), default=None)
    return chain[::-1]


def _took_part(wave: WaveRun) -> bool:
    return not wave.taken_over and (wave.started_at is not None or wave.held_at is not None)


def _end(wave: WaveRun, clock: RunClock) -> tuple[datetime, int]:
    return wave.ended_at or clock.now, wave.index


def _marks(known: Known, wave: WaveRun, before: WaveRun | None) -> Iterator[_Mark]:
    """How this wave's time went: held, queued, launched, noticed."""
    run, clock, name = known.run, known.clock, wave.name
    if wave.held_at is not None:
        yield _Mark(until=wave.held_at, kind=TimeKind.ENGINE, wave=name)
        held_until = wave.started_at or wave.ended_at or clock.end
        yield _Mark(until=held_until, kind=TimeKind.PERSON, wave=name)
    elif run.pauses:
        yield from _pauses(run, wave.started_at or clock.end, name)
    elif _was_paused(run, wave, before, clock):
        yield _Mark(until=wave.started_at, kind=TimeKind.PERSON, wave=name)
    yield _Mark(until=wave.started_at, kind=TimeKind.ENGINE, wave=name)
    mine = [one for one in known.by_wave[wave.index] if not one.taken_over]
    last = max(mine, key=lambda one: (_server_end(one, clock), one.key), default=None)
    if wave.started_at is None or last is None:
        return
    job = next((one for one in known.jobs if _holds(one, wave, last)), None)
    yield from _server_marks(wave, last, job, clock)
    yield _Mark(until=wave.ended_at, kind=TimeKind.ENGINE, wave=name)


def _pauses(run: Run, until: datetime, wave: str | None = None) -> Iterator[_Mark]:
    """The pauses before then. Those that lie before the path's last mark take no time of it."""
    for pause in run.pauses:
        if pause.since < until:
            yield _Mark(until=pause.since, kind=TimeKind.ENGINE, wave=wave)
            yield _Mark(until=min(pause.until, until), kind=TimeKind.PERSON, wave=wave)


def _was_paused(run: Run, wave: WaveRun, before: WaveRun | None, clock: RunClock) -> bool:
    """A wave starts in the look in which the one before ends, unless somebody paused the run.

    Runs of earlier releases do not keep when they were paused, only how long: pauses must explain
    most of the wait.
    """
    if before is None or before.ended_at is None or wave.started_at is None:
        return False
    waited = wave.started_at - before.ended_at
    return NO_QUEUE < waited <= 2 * run.paused_until(clock.end)


def _server_marks(
    wave: WaveRun, server: ServerRun, job: JobRun | None, clock: RunClock
) -> Iterator[_Mark]:
    asked = server.started_at or (job.started_at if job else None)
    waited = (asked or clock.end) - (wave.started_at or clock.start)
    before = TimeKind.QUEUE if waited > NO_QUEUE else TimeKind.ENGINE
    yield _Mark(until=asked or server.ended_at, kind=before, wave=wave.name, server=server.name)
    if asked is None:
        return
    ends = [one for one in (server.launched_at, job.ended_at if job else None) if one is not None]
    up = min(ends, default=server.ended_at or wave.ended_at or clock.end)
    yield _Mark(until=up, kind=TimeKind.LAUNCH, wave=wave.name, server=server.name)
    after = TimeKind.ACTIONS if server.actions else TimeKind.ENGINE
    yield _Mark(
        until=server.confirmed_at or server.ended_at,
        kind=after,
        wave=wave.name,
        server=server.name,
    )


def _holds(job: JobRun, wave: WaveRun, server: ServerRun) -> bool:
    if job.wave_index != wave.index or server.key not in job.server_keys:
        return False
    return server.job_id is None or job.job_id == server.job_id


def _server_end(server: ServerRun, clock: RunClock) -> datetime:
    return server.confirmed_at or server.ended_at or clock.now


def _tail(run: Run, clock: RunClock) -> TimeKind:
    return TimeKind.PERSON if run.paused_since and clock.end > run.paused_since else TimeKind.ENGINE


def _stretches(marks: Sequence[_Mark], clock: RunClock) -> Iterator[Stretch]:
    """Marks in the order of the path; one that lies before its predecessor takes no time, and
    what is alike is one stretch.
    """
    at = clock.start
    made: list[tuple[_Mark, datetime, datetime]] = []
    for mark in marks:
        until = min(mark.until, clock.end) if mark.until is not None else at
        if until > at:
            made.append((mark, at, until))
            at = until
    for (kind, wave), alike in groupby(made, key=lambda one: (one[0].kind, one[0].wave)):
        parts = list(alike)
        first, last = parts[0], parts[-1]
        yield Stretch(
            kind=kind,
            wave=wave,
            server=next((mark.server for mark, _, _ in parts if mark.server), None),
            started_at=first[1],
            ended_at=last[2],
            duration=clock.lasting(last[2] - first[1]),
        )


def _totals(stretches: Sequence[Stretch]) -> dict[str, Duration]:
    """By kind; kinds that took no time are left out."""
    totals: dict[str, Duration] = {}
    for kind in TimeKind:
        mine = [one.duration for one in stretches if one.kind is kind]
        if mine:
            totals[kind.value] = Duration(
                seconds=round(sum(one.seconds for one in mine), 3),
                wall_seconds=round(sum(one.wall_seconds for one in mine), 3),
            )
    return totals
