"""The plan and what its groups resolve to → the waves and servers of a run. Pure.

After this nothing is resolved again: editing the plan, a group or a tag does not change a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import ServerStatus, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.failure_policy import PolicyKind
from breakwater.recovery.problem import Problem
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.recovery_plan import RecoveryPlan, Wave
from breakwater.recovery.server_directory import Inventory
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.target_facts import TargetFacts, target_of

NOT_KNOWN = "DRS does not know this server: it was removed, or the group names it wrongly."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What a run starts with, or why it cannot."""

    waves: tuple[WaveRun, ...]
    servers: tuple[ServerRun, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The run that this one retries: what it completed is taken over."""

    waves: Mapping[str, WaveRun]
    """By name."""

    servers: Mapping[tuple[str, str], ServerRun]
    """By wave's name and server's key."""


NOTHING_EARLIER = Earlier(waves={}, servers={})


def freeze(
    run: Run,
    plan: RecoveryPlan,
    groups: Mapping[str, ProtectionGroup],
    found: Mapping[Target, Inventory],
    *,
    learned: Mapping[str, float] = MappingProxyType({}),
    earlier: Earlier = NOTHING_EARLIER,
) -> Frozen:
    """Every wave with its servers, or all problems.

    :param groups: by id. `found`: what DRS has in their places.
    :param learned: server key → the seconds that its last recovery took.
    """
    waves: list[WaveRun] = []
    servers: list[ServerRun] = []
    problems: list[Problem] = []
    where: dict[str, str] = {}
    for index, wave in enumerate(plan.waves):
        members = _members(run, (index, wave), groups, found, problems)
        for key in members:
            if key in where:
                problems.append(_in_two_waves(index, members[key], where[key], wave.name))
            where.setdefault(key, wave.name)
        if wave.failure_policy.kind is PolicyKind.CRITICAL and not any(
            one.critical for one in members.values()
        ):
            problems.append(_nothing_critical(index, wave))
        made = [_server(one, wave, learned, earlier) for one in members.values()]
        servers += made
        waves.append(_wave(run, index, wave, made, earlier))
    return Frozen(waves=tuple(waves), servers=tuple(servers), problems=tuple(problems))


def _members(
    run: Run,
    place: tuple[int, Wave],
    groups: Mapping[str, ProtectionGroup],
    found: Mapping[Target, Inventory],
    problems: list[Problem],
) -> dict[str, ServerRun]:
    index, wave = place
    members: dict[str, ServerRun] = {}
    for position, group_id in enumerate(wave.group_ids):
        group = groups[group_id]
        target = target_of(group)
        inventory = found[target]
        facts = TargetFacts(target=target, servers=inventory.servers)
        resolved = facts.members_of(group)
        missing = facts.missing_of(group)
        if not resolved:
            problems.append(_nothing(f"waves[{index}].groupIds[{position}]", group, inventory))
        for server in resolved:
            members[server.key] = _frozen(run, index, wave, server)
        for server_id in missing:
            lost = ServerRun(
                execution_id=run.execution_id,
                wave_index=index,
                account_id=target.account_id,
                region=target.region,
                server_id=server_id,
                name=server_id,
                critical=server_id in wave.failure_policy.servers.ids,
                status=ServerStatus.FAILED,
                cause=NOT_KNOWN,
            )
            members.setdefault(lost.key, lost)
    return members


def _frozen(run: Run, index: int, wave: Wave, server: SourceServer) -> ServerRun:
    return ServerRun(
        execution_id=run.execution_id,
        wave_index=index,
        account_id=server.target.account_id,
        region=server.target.region,
        server_id=server.server_id,
        name=server.name,
        critical=wave.failure_policy.servers.matches(server.server_id, server.tags),
    )


def _server(
    server: ServerRun, wave: Wave, learned: Mapping[str, float], earlier: Earlier
) -> ServerRun:
    before = earlier.servers.get((wave.name, server.key))
    if before is not None and before.status is ServerStatus.LAUNCHED:
        return replace(
            before,
            execution_id=server.execution_id,
            wave_index=server.wave_index,
            version=0,
            taken_over=True,
        )
    return replace(server, expected_seconds=learned.get(server.key))


def _wave(
    run: Run, index: int, wave: Wave, servers: Sequence[ServerRun], earlier: Earlier
) -> WaveRun:
    policy = wave.failure_policy
    made = WaveRun(
        execution_id=run.execution_id,
        index=index,
        name=wave.name,
        depends_on=wave.depends_on,
        pause_before=wave.pause_before,
        timeout_minutes=wave.timeout_minutes,
        policy=policy.kind,
        percent=policy.percent,
        servers=len(servers),
        servers_launched=sum(one.status is ServerStatus.LAUNCHED for one in servers),
        servers_failed=sum(one.status is ServerStatus.FAILED for one in servers),
    )
    before = earlier.waves.get(wave.name)
    if before is None or before.status is not WaveStatus.COMPLETED or not _whole(before, servers):
        return made
    return replace(
        made,
        status=WaveStatus.COMPLETED,
        taken_over=True,
        started_at=before.started_at,
        ended_at=before.ended_at,
    )


def _whole(before: WaveRun, servers: Sequence[ServerRun]) -> bool:
    """Is everything that the wave had launched still there? Not after a cleanup."""
    return sum(one.taken_over for one in servers) >= before.servers_launched


def _nothing(place: str, group: ProtectionGroup, inventory: Inventory) -> Problem:
    target = target_of(group)
    why = "" if inventory.initialized else f": DRS is not initialized in {target}"
    return Problem(
        place=place,
        code="noServers",
        problem=f"The group {group.name!r} resolves to no server{why}.",
        remedy="Correct the group's account, Region, ids or tags; /servers of the group shows "
        "what it resolves to.",
    )


def _in_two_waves(index: int, server: ServerRun, first: str, second: str) -> Problem:
    return Problem(
        place=f"waves[{index}]",
        code="serverInTwoWaves",
        problem=f"{server.name} ({server.key}) is in the waves {first!r} and {second!r}.",
        remedy="Correct the groups, so that each server is launched once.",
    )


def _nothing_critical(index: int, wave: Wave) -> Problem:
    return Problem(
        place=f"waves[{index}].failurePolicy",
        code="noCriticalServer",
        problem=f"No server of the wave {wave.name!r} is one of its critical ones.",
        remedy="Correct the critical servers' ids or tags.",
    )
