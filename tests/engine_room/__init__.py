"""The engine with everything around it in one process: tables (moto), DRS (the simulator), people.

Time passes only when the test says so, or while the state machine waits. `drive` does what the
state machine does, so that a test can kill the engine before any of its calls and see the same end.
"""

from tests.engine_room.room import EngineRoom, engine_room
from tests.engine_room.world import CARLA

__all__ = ["CARLA", "EngineRoom", "engine_room"]
