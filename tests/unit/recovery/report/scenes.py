"""Runs as they end in practice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.status import RunStatus, ServerStatus, StepStatus, WaveStatus
from tests.unit.recovery.made_run import START, at, run
from tests.unit.recovery.report.scene import Scene, audited, count, freeze, wave


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
