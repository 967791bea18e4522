"""What happened when: run, waves, servers, jobs, cleanup and people's decisions. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import (
    ENDED,
    RunStatus,
    ServerStatus,
    StepStatus,
    WaveStatus,
)
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.known import Known
from breakwater.recovery.report.parts import Decision, Severity, TimelineEntry

_ORDER = {"person": 0, "run": 1, "wave": 2, "job": 3, "server": 4, "cleanup": 5}
"""Of what happened in the same instant, the cause comes first."""

_BAD_RUN = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT})
_NOT_REACHED = frozenset({WaveStatus.SKIPPED, WaveStatus.CANCELLED})


def timeline(known: Known, decided: Sequence[Decision]) -> tuple[TimelineEntry, ...]:
    """In the order of time; what has no time is not in it."""
    names = known.names
    found = [*_of_run(known.run), *_of_people(decided)]
    for wave in known.waves:
        found += _of_wave(wave)
    for server in known.servers:
        if not server.taken_over:
            found += _of_server(server, names.get(server.wave_index))
    for job in known.jobs:
        found += _of_job(job, names.get(job.wave_index))
    for step in known.steps:
        found += _of_step(step, names)
    return tuple(sorted(found, key=lambda one: (one.at, _ORDER[one.what], one.subject, one.kind)))


def _entries(
    what: str,
    subject: str,
    wave: str | None,
    told: Iterable[tuple[datetime | None, str, str, Severity | None]],
) -> Iterator[TimelineEntry]:
    for at, kind, text, severity in told:
        if at is not None:
            yield TimelineEntry(
                at=at,
                what=what,
                kind=kind,
                wave=wave,
                subject=subject,
                text=text,
                severity=severity,
            )


def _of_run(run: Run) -> Iterator[TimelineEntry]:
    ended = Severity.FAILURE if run.status in _BAD_RUN else None
    over = run.ended_at if run.status in ENDED else None
    text = f"{run.status}. {run.cause}" if run.cause else f"{run.status}."
    for pause in run.pauses:
        paused = (pause.since, "paused", "The run waits for a person.", None)
        goes_on = (pause.until, "unpaused", "The run waits no longer.", None)
        yield from _entries("run", run.plan_name, None, (paused, goes_on))
    yield from _entries(
        "run",
        run.plan_name,
        None,
        (
            (run.started_at, "requested", f"{run.requested_by} asked for the run.", None),
            (run.begun_at, "begun", "The engine took it up.", None),
            (run.paused_since, "paused", "The run waits for a person.", None),
            (over, "ended", text, ended),
        ),
    )


def _of_people(decided: Iterable[Decision]) -> Iterator[TimelineEntry]:
    for one in decided:
        why = f": {one.reason}" if one.reason else ", without a reason"
        yield from _entries("person", one.by, None, ((one.at, one.action, f"{one.by}{why}", None),))


def _of_wave(wave: WaveRun) -> Iterator[TimelineEntry]:
    if wave.taken_over:
        return
    if wave.status is WaveStatus.FAILED:
        severity: Severity | None = Severity.FAILURE
    else:
        severity = Severity.WARNING if wave.status in _NOT_REACHED else None
    text = f"{wave.status}. {wave.cause}" if wave.cause else f"{wave.status}."
    yield from _entries(
        "wave",
        wave.name,
        wave.name,
        (
            (wave.held_at, "held", "The wave waits for a person.", None),
            (wave.started_at, "started", f"The wave starts: {wave.servers} servers.", None),
            (wave.ended_at, "ended", text, severity),
        ),
    )


def _of_server(server: ServerRun, wave: str | None) -> Iterator[TimelineEntry]:
    instance = server.recovery_instance_id or "an unknown instance"
    ended = None
    if server.status in {ServerStatus.FAILED, ServerStatus.SKIPPED}:
        ended = server.ended_at
    severity = Severity.FAILURE if server.status is ServerStatus.FAILED else Severity.WARNING
    yield from _entries(
        "server",
        server.name,
        wave,
        (
            (server.started_at, "started", f"DRS job {server.job_id or 'unknown'}.", None),
            (server.launched_at, "launched", "DRS calls it launched.", None),
            (server.confirmed_at, "confirmed", f"EC2 runs {instance}.", None),
            (ended, "ended", f"{server.status}. {server.cause or 'No cause is known.'}", severity),
            (server.terminated_at, "terminated", f"{instance} is terminated.", None),
        ),
    )


def _of_job(job: JobRun, wave: str | None) -> Iterator[TimelineEntry]:
    what = f"{len(job.server_ids)} servers in {job.target}"
    yield from _entries(
        "job",
        job.job_id or "a job",
        wave,
        (
            (job.intent_at, "intended", f"Intent: start {what}.", None),
            (job.started_at, "started", f"DRS began it: {what}.", None),
            (job.ended_at, "ended", "DRS ended it.", None),
        ),
    )


def _of_step(step: CompensationStep, names: Mapping[int, str]) -> Iterator[TimelineEntry]:
    failed = step.status is StepStatus.FAILED
    text = f"{step.status}. {step.cause}" if step.cause else f"{step.status}."
    yield from _entries(
        "cleanup",
        step.name,
        names.get(step.wave_index),
        (
            (step.started_at, "started", "DRS is asked to terminate.", None),
            (step.ended_at, "ended", text, Severity.FAILURE if failed else None),
        ),
    )
