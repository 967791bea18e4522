"""The report of runs that the real engine drove, on a simulated DRS: what it leaves is enough."""

from typing import Any

import pytest

from breakwater.platform import audit
from breakwater.platform.audit_trail import AuditTrail
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from breakwater.recovery.report.page.page_of import page_of
from breakwater.recovery.report.report_of import report_of
from breakwater.recovery.report.run_report import RunReport
from tests.engine.conftest import Rooms
from tests.engine_room import CARLA, EngineRoom


def report(room: EngineRoom, execution: str) -> RunReport:
    state = room.state(execution)
    subject = audit.execution_subject(execution)
    trail = AuditTrail(room.dynamodb, "audit").of_subject(subject, limit=100, cursor=None)
    return report_of(
        plan=room.assembly.store.plan(execution),
        run=state.run,
        waves=list(state.waves.values()),
        servers=list(state.servers.values()),
        jobs=list(state.jobs.values()),
        compensation=list(state.steps.values()),
        audit=trail.entries,
        now=room.now(),
    )


def test_a_completed_run_is_measured_in_all_its_parts(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())
    assert room.drive(execution)["status"] == "COMPLETED"
    found = report(room, execution)
    assert found.final
    assert found.recovery_time.measured is not None
    assert found.recovery_point.unknown_servers == 0
    assert found.critical_path.waves[0] == "database"
    assert found.critical_path.waves[-1] == "web"
    spent = {kind: one.seconds for kind, one in found.critical_path.totals.items()}
    assert spent["launch"] == max(spent.values())
    assert sum(spent.values()) == pytest.approx(found.recovery_time.measured.seconds, abs=1)
    assert all(one.recovery_time and one.phases for one in found.servers)
    assert execution in page_of(found)


def test_a_cancelled_drill_tells_who_cancelled_it_and_each_step_of_its_cleanup(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.sample())

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        named = {wave.name: wave.status for wave in room.state(execution).in_order()}
        launching = named["app a"] is WaveStatus.LAUNCHING
        if launching and room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "wrong weekend", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    found = report(room, execution)
    assert [(one.by, one.action, one.reason) for one in found.decisions][1:] == [
        (CARLA.name, "runCancelled", "wrong weekend")
    ]
    assert found.compensation
    assert found.critical_path.totals["cleanup"].seconds > 0
    assert "serverTerminated" not in {one.kind for one in found.deviations}
