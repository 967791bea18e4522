"""Runs that are open, large or hostile; and all scenes by name."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import RunStatus, ServerStatus, WaveStatus
from tests.unit.recovery.made_run import START, at, run
from tests.unit.recovery.report.scene import Scene, audited, count, freeze, wave
from tests.unit.recovery.report.scenes import cancelled, completed, failed


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
