"""Rooms for one test each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.engine_room import EngineRoom, engine_room
from tests.infrastructure.synthesized import Synthesized, state_machine
from tests.interpreters.interpreted_room import InterpretedRoom, interpreted_room
from tests.simulated import scripted, servers_file

Rooms = Callable[..., EngineRoom]
Tell = Callable[..., InterpretedRoom]


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """Makes a room: `rooms("faults: [...]")`, with other servers if the test needs them."""
    with ExitStack() as stack:

        def make(faults: str = "", servers: str = "", **more: Any) -> EngineRoom:
            chosen = servers_file(tmp_path, servers) if servers else None
            script = scripted(tmp_path, faults, chosen) if faults else None
            return stack.enter_context(engine_room(script, chosen, **more))

        yield make


@pytest.fixture
def definition(synthesized: dict[str, Synthesized]) -> dict[str, Any]:
    """The state machine of production."""
    return state_machine(synthesized["prod"])


@pytest.fixture
def tell(definition: dict[str, Any], tmp_path: Path) -> Iterator[Tell]:
    """Makes a room that a state machine leads: `tell("faults: [...]")`."""
    with ExitStack() as stack:

        def make(faults: str = "", by: Any = definition, **more: Any) -> InterpretedRoom:
            script = scripted(tmp_path, faults) if faults else None
            return stack.enter_context(interpreted_room(by, script, **more))

        yield make
