"""What came of a run, as tests of the engine ask for it."""

from typing import Any

from breakwater.recovery.engine.status import WaveStatus
from tests.engine_room import EngineRoom


def waves(room: EngineRoom, execution_id: str) -> dict[str, WaveStatus]:
    return {wave.name: wave.status for wave in room.state(execution_id).in_order()}


def server(room: EngineRoom, execution_id: str, name: str) -> Any:
    [found] = [one for one in room.state(execution_id).servers.values() if one.name == name]
    return found


def cause(room: EngineRoom, execution_id: str) -> str:
    return room.run(execution_id).cause or ""
