"""What a run left behind, made wave by wave: what a report is made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JobStatus, ServerStatus, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.recovery_plan import RecoveryPlan, Wave
from breakwater.recovery.report.report_of import report_of
from breakwater.recovery.report.run_report import RunReport
from tests.unit.recovery.made import group, ids
from tests.unit.recovery.made_run import START, at

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
