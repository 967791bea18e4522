"""A function that is killed, retried, doubled or overtaken at any point: the same end.

Each test plays a story once undisturbed, then once per AWS call with something happening before
that call, and compares what came of it: statuses, what DRS launched, leases, messages.
"""

from collections.abc import Callable
from typing import Any

import pytest

from breakwater.recovery.engine.state_object import Address
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.recovery_plan import Wave
from tests.engine_room import CARLA, EngineRoom, engine_room

FAST = """
worlds:
  - account: '111122223333'
    region: eu-west-1
    servers:
      - {name: db, launch: {recoveryMode: FAST}}
      - {name: cache, launch: {recoveryMode: FAST}}
  - account: '111122223333'
    region: eu-central-1
    servers:
      - {name: web, launch: {recoveryMode: FAST}}
"""
Disturb = Callable[[EngineRoom], None]
PARTS = 4
Story = Callable[[EngineRoom, Disturb], str]


def released(room: EngineRoom, disturb: Disturb) -> str:
    """A wave that a person releases; two servers in two Regions, so two jobs."""
    groups = (room.group("here", "db"), room.group("there", "web", region="eu-central-1"))
    plan = room.plan("p", Wave(name="all", group_ids=groups, pause_before=True))
    execution = room.start(plan)

    def release(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.desk.resume(execution, CARLA, "go", None)

    disturb(room)
    room.drive(execution, at=release)
    return execution


def cancelled(room: EngineRoom, disturb: Disturb) -> str:
    """Cancelled while its first wave launches, and cleaned up."""
    execution = room.start(room.plan("p", room.wave("database", "db")))

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is not RunStatus.RUNNING:
            return
        # Before DRS has a job nothing would be launched at all: that is another story.
        if any(job.job_id for job in room.state(execution).jobs.values()):
            room.desk.cancel(execution, CARLA, "enough", cleanup=True)

    disturb(room)
    room.drive(execution, at=cancel)
    return execution


def play(
    story: Story, disturb: Callable[[EngineRoom], None], servers: Any
) -> tuple[Any, EngineRoom]:
    with engine_room(None, servers) as room:
        disturb(room)
        execution = story(room, disturb)
        room.calls.kill_before = room.calls.meanwhile = None
        room.passes(600)
        room.watch()
        room.watch()
        return outcome(room, execution), room


def outcome(room: EngineRoom, execution: str) -> dict[str, Any]:
    """Everything that must not depend on what happened on the way."""
    state = room.state(execution)
    launched = room.launched()
    assert len(launched) == len(set(launched)), "nothing is launched twice"
    return {
        "run": (state.run.status, state.run.open, state.run.servers_launched),
        "waves": [(wave.name, wave.status) for wave in state.in_order()],
        "servers": sorted((one.name, one.status, one.tagged) for one in state.servers.values()),
        "steps": sorted(step.status for step in state.steps.values()),
        "jobs": sorted(job.status for job in state.jobs.values()),
        "launched": sorted(launched),
        "leases": room.leases(),
        "messages": sorted({kind for kind, _ in room.messages}),
    }


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.simulated import servers_file  # noqa: PLC0415

    return servers_file(tmp_path_factory.mktemp("servers"), FAST)


def calls_of(story: Story, servers: Any) -> tuple[dict[str, Any], list[str]]:
    undisturbed, room = play(story, lambda _: None, servers)
    return undisturbed, room.calls


def moments(calls: list[str]) -> list[int]:
    """Before which calls a process may be gone, so that something else is left behind each time.

    Its memory is lost, what it has written stays: that is the same between two writes, however
    much is read there. So: before the first call, and before what follows each write.
    """
    return [0] + [number + 1 for number, call in enumerate(calls[:-1]) if not reads(call)]


def reads(call: str) -> bool:
    """Does this leave everything as it is?"""
    return call.partition(":")[2].startswith(("Get", "BatchGet", "Query", "Describe", "List"))


# Cut into parts only so that the cores of a machine can share them.
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("story", [released, cancelled])
def test_killed_between_any_two_of_its_calls_a_run_ends_as_if_nothing_had_happened(
    story: Story, part: int, servers: Any
) -> None:
    undisturbed, calls = calls_of(story, servers)
    for number in moments(calls)[part::PARTS]:

        def kill(room: EngineRoom, number: int = number) -> None:
            room.calls.kill_before = number

        found, room = play(story, kill, servers)
        assert found == undisturbed, f"killed before call {number}: {room.calls[: number + 1][-1:]}"


@pytest.mark.parametrize("story", [released, cancelled])
def test_a_second_copy_that_runs_in_between_any_two_calls_changes_nothing(
    story: Story, servers: Any
) -> None:
    undisturbed, calls = calls_of(story, servers)
    for number in moments(calls)[::2]:

        def double(room: EngineRoom, number: int = number) -> None:
            def other() -> None:
                found = list(room.assembly.runs.open())
                for execution in found:
                    room.assembly.engine.look(Address(execution_id=execution), observe=True)

            room.calls.meanwhile = (number, other)

        found, room = play(story, double, servers)
        assert found == undisturbed, f"a second copy before call {number}: {room.calls[number]}"


@pytest.mark.parametrize(
    "action", ["begin", "update_wave_status", "store_task_token", "resume_wave"]
)
def test_every_action_called_twice_is_called_once(action: str, servers: Any) -> None:
    undisturbed, _ = calls_of(released, servers)

    def twice(room: EngineRoom) -> None:
        once = room._once

        def doubled(name: str, event: Any) -> Any:
            first = once(name, event)
            return once(name, event) if name == action else first

        room._once = doubled  # type: ignore[method-assign,assignment]

    found, _ = play(released, twice, servers)
    assert found == undisturbed
