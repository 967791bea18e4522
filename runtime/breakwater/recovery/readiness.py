"""Would this plan work now? What was found out about its places → everything wrong. Pure."""

from collections.abc import Callable, Iterator, Mapping

from breakwater.recovery.failure_policy import PolicyKind
from breakwater.recovery.plan_validation import plan_problems
from breakwater.recovery.problem import Problem, warning
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.recovery_plan import PlanContent, Wave
from breakwater.recovery.server_readiness import server_problems
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.target_facts import TargetFacts, target_of


def readiness(
    plan: PlanContent,
    groups: Mapping[str, ProtectionGroup],
    facts: Mapping[Target, TargetFacts],
    *,
    leases: Mapping[str, str],
    control_region: str,
) -> list[Problem]:
    """All problems and warnings: of the plan itself, of places, waves, groups and servers.

    `leases`: server key → the run that holds it. `control_region`: where Breakwater runs.
    """
    return [
        *plan_problems(plan, groups, _resolved(groups, facts)),
        *_places(plan, groups, facts, control_region),
        *_groups(plan, groups, facts, leases),
        *_critical_tags(plan, groups, facts),
    ]


def _resolved(
    groups: Mapping[str, ProtectionGroup], facts: Mapping[Target, TargetFacts]
) -> Callable[[str], frozenset[str] | None]:
    def known(group_id: str) -> frozenset[str] | None:
        group = groups.get(group_id)
        found = facts.get(target_of(group)) if group else None
        if group is None or found is None or found.unreachable:
            return None
        return frozenset(server.key for server in found.members_of(group))

    return known


def _each_group(
    plan: PlanContent, groups: Mapping[str, ProtectionGroup]
) -> Iterator[tuple[str, ProtectionGroup]]:
    """Each group once, with the first place that names it."""
    seen: set[str] = set()
    for index, wave in enumerate(plan.waves):
        for position, group_id in enumerate(wave.group_ids):
            if group_id in groups and group_id not in seen:
                seen.add(group_id)
                yield f"waves[{index}].groupIds[{position}]", groups[group_id]


def _places(
    plan: PlanContent,
    groups: Mapping[str, ProtectionGroup],
    facts: Mapping[Target, TargetFacts],
    control_region: str,
) -> Iterator[Problem]:
    told: set[Target] = set()
    for place, group in _each_group(plan, groups):
        target = target_of(group)
        found = facts[target]
        if target in told:
            continue
        told.add(target)
        if found.unreachable:
            yield Problem(
                place=place,
                code="unreachable",
                problem=f"The {target} could not be asked: {found.unreachable}.",
                remedy="Deploy the target role there with this environment's ExternalId; if it is "
                "there, the reason says what AWS did not allow or answer.",
            )
        elif not found.initialized:
            yield Problem(
                place=place,
                code="notInitialized",
                problem=f"DRS is not initialized in {target}, so there are no servers.",
                remedy="Correct the group's account and Region, or initialize DRS there.",
            )
        for gap in found.gaps:
            yield warning(
                place=place,
                code="notAsked",
                problem=f"In {target}, {gap}. What depends on it was not checked.",
                remedy="Give the target role what it lacks, or validate again.",
            )
        if found.networks_not_looked_at:
            yield warning(
                place=place,
                code="networksNotLookedAt",
                problem=f"In {target}, the launch templates of {found.networks_not_looked_at} "
                "servers were not looked at: DRS tells them one by one only.",
                remedy="Validate again: what was learned is remembered for a while.",
            )
        origins = {s.origin_region for s in found.servers.values() if s.origin_region}
        if control_region in origins:
            yield warning(
                place=place,
                code="controlPlaneInProtectedRegion",
                problem=f"Breakwater runs in {control_region}, and protects servers of that "
                "Region: what takes them down may take it down too.",
                remedy="Deploy Breakwater to the Region that you recover to.",
            )


def _groups(
    plan: PlanContent,
    groups: Mapping[str, ProtectionGroup],
    facts: Mapping[Target, TargetFacts],
    leases: Mapping[str, str],
) -> Iterator[Problem]:
    for place, group in _each_group(plan, groups):
        found = facts[target_of(group)]
        if found.unreachable or not found.initialized:
            continue
        for server_id in found.missing_of(group):
            yield Problem(
                place=f"{place}.servers[{server_id}]",
                code="serverMissing",
                problem=f"The group {group.name!r} names {server_id}, which DRS does not know in "
                f"{found.target}.",
                remedy="Remove it from the group, or install the agent again.",
            )
        members = found.members_of(group)
        if not members and not group.servers.ids:
            tags = ", ".join(f"{key}={value}" for key, value in group.servers.tags.items())
            yield Problem(
                place=place,
                code="noServers",
                problem=f"The group {group.name!r} resolves to no server: none has {tags}.",
                remedy="Tag the source servers in DRS, or correct the group's tags.",
            )
        for server in members:
            yield from server_problems(
                server,
                found,
                place,
                rpo_minutes=plan.rpo_minutes,
                held_by=leases.get(server.key),
            )


def _critical_tags(
    plan: PlanContent,
    groups: Mapping[str, ProtectionGroup],
    facts: Mapping[Target, TargetFacts],
) -> Iterator[Problem]:
    for index, wave in enumerate(plan.waves):
        critical = wave.failure_policy
        if critical.kind is not PolicyKind.CRITICAL or critical.servers.ids:
            continue
        servers = _servers_of(wave, groups, facts)
        if servers and not any(critical.servers.matches(s.server_id, s.tags) for s in servers):
            yield Problem(
                place=f"waves[{index}].failurePolicy.servers.tags",
                code="noCriticalServer",
                problem=f"No server of the wave {wave.name!r} has the tags of its critical ones.",
                remedy="Tag the servers without which the wave has failed, or correct the tags.",
            )


def _servers_of(
    wave: Wave, groups: Mapping[str, ProtectionGroup], facts: Mapping[Target, TargetFacts]
) -> list[SourceServer]:
    """The servers of a wave; none if some place was silent, for then nobody knows."""
    servers: list[SourceServer] = []
    for group in (groups[one] for one in wave.group_ids if one in groups):
        found = facts[target_of(group)]
        if found.unreachable:
            return []
        servers += found.members_of(group)
    return servers
