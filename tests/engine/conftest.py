"""Rooms for one test each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.engine_room import EngineRoom, engine_room
from tests.simulated import scripted, servers_file

Rooms = Callable[..., EngineRoom]


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """Makes a room: `rooms("faults: [...]")`, with other servers if the test needs them."""
    with ExitStack() as stack:

        def make(faults: str = "", servers: str = "", **more: Any) -> EngineRoom:
            chosen = servers_file(tmp_path, servers) if servers else None
            script = scripted(tmp_path, faults, chosen) if faults else None
            return stack.enter_context(engine_room(script, chosen, **more))

        yield make
