"""What did not go as planned for servers of a wave: alike ones together. Pure."""

from collections.abc import Iterator, Sequence

from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import ServerStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.parts import Deviation, Severity

_NO_CAUSE = "No cause is known."


def server_deviations(run: Run, wave: WaveRun, servers: Sequence[ServerRun]) -> Iterator[Deviation]:
    """One per kind and cause."""
    alike: dict[tuple[str, Severity, str], list[ServerRun]] = {}
    for server in servers:
        for found in _of_server(run, server):
            alike.setdefault(found, []).append(server)
    for (kind, severity, text), those in alike.items():
        yield Deviation(
            kind=kind,
            severity=severity,
            wave=wave.name,
            servers=tuple(one.name for one in those),
            at=min((one.ended_at for one in those if one.ended_at), default=None),
            text=text,
        )


def _of_server(run: Run, server: ServerRun) -> Iterator[tuple[str, Severity, str]]:
    cause = server.cause or _NO_CAUSE
    match server.status:
        case ServerStatus.FAILED:
            yield "serverFailed", Severity.FAILURE, cause
        case ServerStatus.SKIPPED:
            yield "serverSkipped", Severity.WARNING, cause
        case ServerStatus.TERMINATED if not _cleaned(run):
            text = f"Terminated, though nobody asked this run to. {server.cause or ''}".strip()
            yield "serverTerminated", Severity.FAILURE, text
    if server.previous_snapshot:
        text = "DRS could make no new snapshot and used an older one: its data is older."
        yield "previousSnapshot", Severity.WARNING, text
    if server.status is ServerStatus.LAUNCHED and not server.tagged:
        text = "The instance does not carry the tags of this run."
        yield "untaggedInstance", Severity.WARNING, text
    if server.actions == "failed" and server.status is not ServerStatus.FAILED:
        yield "actionsFailed", Severity.WARNING, "A post-launch action failed."
    if server.taken_over:
        yield "serverTakenOver", Severity.NOTE, "It was launched by the run that this one retries."


def _cleaned(run: Run) -> bool:
    cancelled = run.cancel_requested is not None and run.cancel_requested.cleanup
    return run.cleanups > 0 or cancelled
