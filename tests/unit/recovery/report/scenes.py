"""Runs as they end, or stand, in practice: what a report is made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import (
    JobStatus,
    RunStatus,
    ServerStatus,
    StepStatus,
    WaveStatus,
)
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.recovery_plan import RecoveryPlan, Wave
from breakwater.recovery.report.report_of import report_of
from breakwater.recovery.report.run_report import RunReport
from tests.unit.recovery.made import group, ids
from tests.unit.recovery.made_run import START, at, run

REGIONS = ("eu-west-1", "eu-central-1")
LAUNCH = (0.06, 7.0, 11.0, 13.2, 13.8)
"""Minutes after its start: job, conversion, launch, launched, confirmed."""


@dataclass
class Scene:
    """Everything that a run left behind."""

    run: Run
    waves: list[WaveRun] = field(default_factory=list)
    servers: list[ServerRun] = field(default_factory=list)
    jobs: list[JobRun] = field(default_factory=list)
    compensation: list[CompensationStep] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    plan: dict[str, Any] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: at(300))

    def report(self) -> RunReport:
        return report_of(
            plan=self.plan,
            run=self.run,
            waves=self.waves,
            servers=self.servers,
            jobs=self.jobs,
            compensation=self.compensation,
            audit=self.audit,
            now=self.now,
        )


def audited(minutes: float, who: str, action: str, reason: str, **after: Any) -> dict[str, Any]:
    moment = at(minutes).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "subject": "EXECUTION#x",
        "recordedAt": f"{moment}#0a1b2c3d",
        "action": action,
        "actor": who,
        "actorId": "a",
        "address": "192.0.2.1",
        "reason": reason,
        "after": after,
    }


def wave(
    scene: Scene,
    name: str,
    servers: Sequence[str],
    *,
    after: Sequence[str] = (),
    start: float,
    minutes: float = 14.0,
    held: float | None = None,
    **more: Any,
) -> WaveRun:
    """A wave whose servers all came up, in one job per Region."""
    index = len(scene.waves)
    made = WaveRun(
        execution_id=scene.run.execution_id,
        index=index,
        name=name,
        depends_on=tuple(after),
        pause_before=held is not None,
        timeout_minutes=120,
        status=WaveStatus.COMPLETED,
        held_at=None if held is None else at(held),
        started_at=at(start),
        ended_at=at(start + minutes),
        servers=len(servers),
        servers_launched=len(servers),
    )
    scene.waves.append(replace(made, **more))
    for number, server in enumerate(servers):
        _server(scene, number, server)
    for number, region in enumerate(REGIONS):
        mine = [one for one in scene.servers if one.wave_index == index and one.region == region]
        if mine:
            scene.jobs.append(_job(scene, number, mine))
    return scene.waves[-1]


def _server(scene: Scene, number: int, name: str) -> None:
    begun = scene.waves[-1]
    index, start = begun.index, minutes_of(begun.started_at)
    stretch = (minutes_of(begun.ended_at) - start) / 14.0
    count = len(scene.servers)
    job, conversion, launch, launched, confirmed = (
        start + one * stretch * (1 - 0.01 * (number % 7)) for one in LAUNCH
    )
    scene.servers.append(
        ServerRun(
            execution_id=scene.run.execution_id,
            wave_index=index,
            account_id="111122223333",
            region=REGIONS[number % 2 if number > 2 else 0],
            server_id=f"s-{count:017d}",
            name=name,
            critical=number == 0,
            status=ServerStatus.LAUNCHED,
            job_id=f"drsjob-{index:08d}{number % 2:09d}",
            launch_status="LAUNCHED",
            recovery_instance_id=f"i-{count:017x}",
            instance_state="RUNNING",
            started_at=at(job),
            launched_at=at(launched),
            confirmed_at=at(confirmed),
            ended_at=at(confirmed),
            point_in_time=START - timedelta(minutes=1 + count % 9),
            phases={
                "SNAPSHOT_START": at(job + 0.1),
                "CONVERSION_START": at(conversion),
                "LAUNCH_START": at(launch),
            },
            tagged=True,
        )
    )


def minutes_of(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - START).total_seconds() / 60


def _job(scene: Scene, number: int, servers: list[ServerRun]) -> JobRun:
    begun = scene.waves[-1]
    index, start, end = begun.index, minutes_of(begun.started_at), minutes_of(begun.ended_at)
    return JobRun(
        execution_id=scene.run.execution_id,
        wave_index=index,
        number=number,
        account_id="111122223333",
        region=servers[0].region,
        server_ids=tuple(one.server_id for one in servers),
        status=JobStatus.ENDED,
        intent_at=at(start + 0.05),
        job_id=servers[0].job_id,
        started_at=at(start + 0.1),
        ended_at=at(end - 0.6),
        log_read=True,
    )


def freeze(scene: Scene, **more: Any) -> None:
    """The plan that the scene's waves come from."""
    plan = RecoveryPlan(
        name=scene.run.plan_name,
        waves=tuple(
            Wave(
                name=one.name,
                group_ids=(f"g{one.index}",),
                depends_on=one.depends_on,
                pause_before=one.pause_before,
            )
            for one in scene.waves
        ),
        rto_minutes=scene.run.rto_minutes,
        rpo_minutes=scene.run.rpo_minutes,
        plan_id=scene.run.plan_id,
        version=7,
        created_at="2026-01-05T09:00:00.000Z",
        updated_at="2026-10-01T09:00:00.000Z",
        updated_by="pia@example.com",
        **more,
    )
    groups = [
        replace(group(one.name, ids(one.index)), group_id=f"g{one.index}").to_json()
        for one in scene.waves
    ]
    scene.plan = {"plan": plan.to_json(), "groups": groups, "frozenAt": "2026-11-20T03:00:02.000Z"}


def count(scene: Scene) -> None:
    """The run's numbers from its items."""
    scene.run = replace(
        scene.run,
        waves=len(scene.waves),
        waves_ended=sum(one.ended for one in scene.waves),
        servers=len(scene.servers),
        servers_launched=sum(one.status is ServerStatus.LAUNCHED for one in scene.servers),
        servers_failed=sum(one.status is ServerStatus.FAILED for one in scene.servers),
    )


def completed(**more: Any) -> Scene:
    """The sample plan: database → app A and app B together → web, held before web."""
    scene = Scene(run=run(**{"status": RunStatus.COMPLETED, "ended_at": at(55.2), **more}))
    wave(scene, "database", ["db-1", "db-2", "db-3"], start=0.1)
    wave(scene, "app A", ["app-a-1", "app-a-2"], after=["database"], start=14.2)
    wave(
        scene,
        "app B",
        [f"app-b-{n}" for n in (1, 2, 3)],
        after=["database"],
        start=14.2,
        minutes=17,
    )
    wave(
        scene,
        "web",
        ["web-1", "web-2", "web-3"],
        after=["app A", "app B"],
        held=31.3,
        start=41,
    )
    scene.run = replace(scene.run, paused_seconds=9.6 * 60)
    scene.audit = [
        audited(40.9, "otto@example.com", "runResumed", "database checked, go on", status="PAUSED"),
        audited(0, "anna@example.com", "drillStarted", "quarterly drill", planVersion=7),
    ]
    count(scene)
    freeze(scene)
    return scene


def failed() -> Scene:
    """A server of app A does not launch; web is skipped; database used an older snapshot."""
    cause = (
        "DRS could not launch it: InsufficientInstanceCapacity: We currently do not have "
        "sufficient m7i.4xlarge capacity in the Availability Zone you requested (eu-west-1b)."
    )
    scene = completed(is_drill=False, reason="Region eu-west-2 is down")
    bad = next(n for n, one in enumerate(scene.servers) if one.name == "app-a-2")
    scene.servers[bad] = replace(
        scene.servers[bad],
        status=ServerStatus.FAILED,
        launch_status="FAILED",
        cause=cause,
        launched_at=None,
        confirmed_at=None,
        recovery_instance_id=None,
        instance_state=None,
        point_in_time=None,
        tagged=False,
    )
    scene.servers[1] = replace(
        scene.servers[1],
        previous_snapshot=True,
        point_in_time=START - timedelta(minutes=58),
    )
    text = f"Wave app A: 1 of 2 servers did not launch. app-a-2: {cause}"
    scene.waves[1] = replace(
        scene.waves[1],
        status=WaveStatus.FAILED,
        reason="policyNotMet",
        cause=text,
        servers_launched=1,
        servers_failed=1,
    )
    skipped = "It depends on app A, which is FAILED."
    scene.waves[3] = replace(
        scene.waves[3],
        status=WaveStatus.SKIPPED,
        reason="dependencyFailed",
        cause=skipped,
        held_at=None,
        started_at=None,
        ended_at=at(28.3),
        servers_launched=0,
    )
    for number in range(8, 11):
        scene.servers[number] = replace(
            scene.servers[number],
            status=ServerStatus.PENDING,
            job_id=None,
            launch_status=None,
            recovery_instance_id=None,
            instance_state=None,
            started_at=None,
            launched_at=None,
            confirmed_at=None,
            ended_at=None,
            point_in_time=None,
            phases={},
            tagged=False,
        )
    scene.jobs = [one for one in scene.jobs if one.wave_index < 3]
    scene.run = replace(
        scene.run, status=RunStatus.FAILED, ended_at=at(31.4), cause=text, paused_seconds=0
    )
    scene.audit = [audited(0, "carl@example.com", "recoveryStarted", "Region eu-west-2 is down")]
    count(scene)
    return scene


def cancelled() -> Scene:
    """Cancelled with cleanup while the apps launched; two instances could not be terminated."""
    scene = completed()
    asked = Request(by="otto@example.com", at=at(25), reason="wrong weekend", cleanup=True)
    scene.waves[3] = replace(
        scene.waves[3],
        status=WaveStatus.CANCELLED,
        reason="cancelled",
        cause="Cancelled by otto@example.com: wrong weekend",
        held_at=None,
        started_at=None,
        ended_at=at(40),
        servers_launched=0,
    )
    scene.servers = [one for one in scene.servers if one.wave_index < 3]
    scene.jobs = [one for one in scene.jobs if one.wave_index < 3]
    for number, one in enumerate(scene.servers):
        if number > 1:
            scene.servers[number] = replace(
                one,
                status=ServerStatus.TERMINATED,
                terminated_at=at(38),
                instance_state="TERMINATED",
            )
    steps = (
        (2, StepStatus.SUCCEEDED, None),
        (1, StepStatus.SUCCEEDED, None),
        (0, StepStatus.FAILED, "AccessDeniedException: drs:TerminateRecoveryInstances"),
    )
    for number, (index, status, cause) in enumerate(steps):
        mine = [one for one in scene.servers if one.wave_index == index]
        scene.compensation.append(
            CompensationStep(
                execution_id=scene.run.execution_id,
                round=0,
                number=number,
                name=f"Terminate {len(mine)} instances of {scene.waves[index].name} in account "
                "111122223333 in eu-west-1",
                account_id="111122223333",
                region="eu-west-1",
                instances={str(one.recovery_instance_id): one.server_id for one in mine},
                wave_index=index,
                status=status,
                tries=5 if cause else 1,
                job_id=None if cause else f"drsjob-9{number:016d}",
                cause=cause,
                started_at=at(31.5),
                ended_at=at(36 + number),
            )
        )
    scene.run = replace(
        scene.run,
        status=RunStatus.CANCELLED,
        cause="Cancelled by otto@example.com: wrong weekend The cleanup is incomplete.",
        ended_at=at(38.4),
        cancel_requested=asked,
        cleanup_incomplete=True,
        paused_seconds=0,
    )
    scene.audit = [
        audited(0, "anna@example.com", "drillStarted", "quarterly drill"),
        audited(25, "otto@example.com", "runCancelled", "wrong weekend", cleanup=True),
    ]
    count(scene)
    return scene


def open_and_fast() -> Scene:
    """On the embedded AWS, sixty times faster, paused in the middle, with a token."""
    scene = completed(time_scale=60)
    shrink(scene, 60)
    scene.waves[3] = replace(
        scene.waves[3],
        status=WaveStatus.HELD,
        started_at=None,
        ended_at=None,
        servers_launched=0,
    )
    for number in range(8, 11):
        scene.servers[number] = replace(
            ServerRun(
                execution_id=scene.run.execution_id,
                wave_index=3,
                account_id="111122223333",
                region="eu-west-1",
                server_id=scene.servers[number].server_id,
                name=scene.servers[number].name,
            )
        )
    scene.jobs = [one for one in scene.jobs if one.wave_index < 3]
    scene.now = at(40 / 60)
    scene.run = replace(
        scene.run,
        status=RunStatus.PAUSED,
        ended_at=None,
        paused_since=at(31.4 / 60),
        paused_seconds=0.0,
        task_token="AQCsecretTaskTokenOfStepFunctions" * 10,
    )
    scene.audit = scene.audit[1:]
    count(scene)
    return scene


def shrink(scene: Scene, scale: int) -> None:
    """All times as a clock sees them that is so many times slower."""

    def moved(value: Any) -> Any:
        return START + (value - START) / scale if isinstance(value, datetime) else value

    def whole(record: Any) -> Any:
        names = record.__dataclass_fields__
        values = {name: moved(getattr(record, name)) for name in names}
        if "phases" in values:
            values["phases"] = {name: moved(one) for name, one in values["phases"].items()}
        return replace(record, **values)

    scene.run = replace(whole(scene.run), paused_seconds=scene.run.paused_seconds / scale)
    scene.waves = [whole(one) for one in scene.waves]
    scene.servers = [whole(one) for one in scene.servers]
    scene.jobs = [whole(one) for one in scene.jobs]


def large(waves: int = 50, servers: int = 20) -> Scene:
    """Fifty waves, five abreast, of twenty servers each; two servers fail, within the policy."""
    scene = Scene(run=run(status=RunStatus.COMPLETED, ended_at=at(141), rto_minutes=120))
    for index in range(waves):
        rank = index // 5
        after = [f"wave {(rank - 1) * 5 + n:02d}" for n in range(5)] if rank else []
        wave(
            scene,
            f"wave {index:02d}",
            [f"host-{index:02d}-{n:02d}" for n in range(servers)],
            after=after,
            start=0.1 + rank * 14.05,
            minutes=12 + index % 5 / 2,
        )
    for number in (17, 18):
        scene.servers[number] = replace(
            scene.servers[number],
            status=ServerStatus.FAILED,
            confirmed_at=None,
            launched_at=None,
            cause="DRS could not launch it: VolumeLimitExceeded",
        )
    scene.waves[0] = replace(scene.waves[0], servers_launched=18, servers_failed=2)
    count(scene)
    freeze(scene)
    return scene


HOSTILE = (
    "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "\u202ereversed \u202dname\u2069\u2069 of a server",
    "خادم قاعدة البيانات الرئيسي",
    "W" * 80,
    "]]></style></title><b>&amp;",
    "nul\x00bell\x07esc\x1b[31m surrogate\ud800",
    '" onmouseover="alert(2)',
)


def hostile() -> Scene:
    """Names, causes and reasons that people could write to harm readers of a report."""
    scene = Scene(
        run=run(
            plan_name=HOSTILE[0][:80],
            status=RunStatus.FAILED,
            ended_at=at(30),
            reason=HOSTILE[1],
            requested_by=HOSTILE[6],
            cause=HOSTILE[0],
            attention=(HOSTILE[4],),
        )
    )
    for number, name in enumerate(HOSTILE):
        wave(scene, name, list(HOSTILE), after=HOSTILE[:number][-1:], start=number * 4, minutes=4)
    for number, one in enumerate(scene.servers):
        if number % 3 == 0:
            scene.servers[number] = replace(
                one, status=ServerStatus.FAILED, cause=HOSTILE[number % len(HOSTILE)]
            )
    scene.audit = [audited(3, one, one, one, what=one) for one in HOSTILE]
    count(scene)
    freeze(scene)
    return scene


ALL = {
    "completed": completed,
    "failed": failed,
    "cancelled": cancelled,
    "open": open_and_fast,
    "large": large,
    "hostile": hostile,
}
