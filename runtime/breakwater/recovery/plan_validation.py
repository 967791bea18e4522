"""Does this plan make sense? Every problem at once, each with its place and what to do. Pure.

This is what can be said without asking AWS; `readiness` says what the servers' state adds.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Protocol

from breakwater.recovery import limits
from breakwater.recovery.failure_policy import PolicyKind
from breakwater.recovery.folded_name import folded
from breakwater.recovery.problem import Problem, told, warning
from breakwater.recovery.protection_group import GroupContent
from breakwater.recovery.recovery_plan import PlanContent, Wave
from breakwater.recovery.server_key import server_key
from breakwater.recovery.wave_graph import WaveGraph

# Finding names that look alike takes milliseconds each, and a body has room for thousands.
_GUESSES = 20


class KnownServers(Protocol):
    """The servers of a group, where they are known."""

    def __call__(self, group_id: str, /) -> frozenset[str] | None:
        """The keys of the group's servers; None where only DRS could tell."""


def servers_by_id(groups: Mapping[str, GroupContent]) -> KnownServers:
    """Groups that name ids have known servers; what tags mean, only DRS can tell."""

    def known(group_id: str) -> frozenset[str] | None:
        group = groups.get(group_id)
        if group is None or not group.servers.ids:
            return None
        return frozenset(
            server_key(group.account_id, group.region, one) for one in group.servers.ids
        )

    return known


def plan_problems(
    plan: PlanContent,
    groups: Mapping[str, GroupContent],
    known: KnownServers | None = None,
) -> list[Problem]:
    """Everything that is wrong with a plan whose groups, as far as they exist, are these."""
    known = known or servers_by_id(groups)
    return [
        *_size(plan),
        *_names(plan),
        *_dependencies(plan),
        *_cycles(plan),
        *_groups(plan, groups),
        *_servers(plan, known),
        *_critical(plan, known),
        *_times(plan),
    ]


def _size(plan: PlanContent) -> Iterator[Problem]:
    if not plan.waves:
        yield Problem(
            place="waves",
            code="noWaves",
            problem="The plan has no waves, so it would recover nothing.",
            remedy="Add at least one wave with a protection group.",
        )
    if len(plan.waves) > limits.WAVES:
        yield Problem(
            place="waves",
            code="tooManyWaves",
            problem=f"The plan has {len(plan.waves)} waves; at most {limits.WAVES} are possible.",
            remedy="Put groups that may start at the same time into one wave.",
        )
    if len(plan.group_ids) > limits.GROUPS_PER_PLAN:
        yield Problem(
            place="waves",
            code="tooManyGroups",
            problem=f"The plan names {len(plan.group_ids)} protection groups; at most "
            f"{limits.GROUPS_PER_PLAN} are possible.",
            remedy="Join groups, or select their servers by a common tag.",
        )
    size = len(json.dumps(plan.content_json(), ensure_ascii=False).encode())
    if size > limits.PLAN_BYTES:
        yield Problem(
            place="waves",
            code="tooLarge",
            problem=f"The plan has {size} bytes as JSON; at most {limits.PLAN_BYTES} are possible.",
            remedy="Name critical servers by tags instead of ids.",
        )


def _names(plan: PlanContent) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, wave in enumerate(plan.waves):
        before = first.setdefault(folded(wave.name), index)
        if before != index:
            yield Problem(
                place=f"waves[{index}].name",
                code="duplicateWaveName",
                problem=f"{wave.name!r} is also the name of waves[{before}].",
                remedy="Give each wave a name of its own; upper and lower case are the same.",
            )


def _dependencies(plan: PlanContent) -> Iterator[Problem]:
    names = [wave.name for wave in plan.waves]
    guesses = _GUESSES
    for index, wave in enumerate(plan.waves):
        for position, needed in enumerate(wave.depends_on):
            place = f"waves[{index}].dependsOn[{position}]"
            if needed == wave.name:
                yield Problem(
                    place=place,
                    code="selfDependency",
                    problem=f"The wave {wave.name!r} waits for itself.",
                    remedy="Remove this entry.",
                )
            elif needed not in names:
                guesses -= 1
                yield Problem(
                    place=place,
                    code="unknownWave",
                    problem=f"The plan has no wave {needed!r}.",
                    remedy=_suggestion(needed, names, guess=guesses >= 0),
                )
            elif needed in wave.depends_on[:position]:
                yield warning(
                    place=place,
                    code="repeatedDependency",
                    problem=f"{needed!r} is named more than once.",
                    remedy="Remove this entry; it changes nothing.",
                )


def _suggestion(needed: str, names: list[str], *, guess: bool) -> str:
    if guess:
        by_folded = {folded(name): name for name in names}
        close = difflib.get_close_matches(folded(needed), by_folded, n=1)
        if close:
            return f"Did you mean {by_folded[close[0]]!r}?"
    return f"Name one of: {told(names)}."


def _cycles(plan: PlanContent) -> Iterator[Problem]:
    places: dict[str, int] = {}
    for index, wave in enumerate(plan.waves):
        places.setdefault(wave.name, index)
    graph = WaveGraph({name: plan.waves[index].depends_on for name, index in places.items()})
    for cycle in graph.cycles():
        index = places[cycle[0]]
        position = plan.waves[index].depends_on.index(cycle[1])
        yield Problem(
            place=f"waves[{index}].dependsOn[{position}]",
            code="cycle",
            problem=f"These waves wait for each other: {' → '.join((*cycle, cycle[0]))}.",
            remedy="Remove one of these dependencies, or none of these waves can ever start.",
        )


def _groups(plan: PlanContent, groups: Mapping[str, GroupContent]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, wave in enumerate(plan.waves):
        if not wave.group_ids:
            yield Problem(
                place=f"waves[{index}].groupIds",
                code="emptyWave",
                problem=f"The wave {wave.name!r} has no protection group.",
                remedy="Add a group, or remove the wave.",
            )
        for position, group_id in enumerate(wave.group_ids):
            place = f"waves[{index}].groupIds[{position}]"
            if group_id not in groups:
                yield Problem(
                    place=place,
                    code="unknownGroup",
                    problem=f"There is no protection group {group_id!r}.",
                    remedy="Name one that exists, or create it first.",
                )
            if group_id in wave.group_ids[:position]:
                yield warning(
                    place=place,
                    code="repeatedGroup",
                    problem=f"The group {_name(groups, group_id)!r} is named more than once.",
                    remedy="Remove this entry; it changes nothing.",
                )
            elif first.setdefault(group_id, index) != index:
                yield Problem(
                    place=place,
                    code="groupInTwoWaves",
                    problem=f"The group {_name(groups, group_id)!r} is also in the wave "
                    f"{plan.waves[first[group_id]].name!r}.",
                    remedy="A server is launched once in a run: leave the group in one wave.",
                )


def _name(groups: Mapping[str, GroupContent], group_id: str) -> str:
    return groups[group_id].name if group_id in groups else group_id


def _servers(plan: PlanContent, known: KnownServers) -> Iterator[Problem]:
    holders: dict[str, tuple[int, str]] = {}
    for index, wave in enumerate(plan.waves):
        for position, group_id in enumerate(wave.group_ids):
            again: dict[int, list[str]] = {}
            for server in sorted(known(group_id) or ()):
                before, group_before = holders.setdefault(server, (index, group_id))
                if group_before != group_id:
                    again.setdefault(before, []).append(server)
            for before, servers in again.items():
                yield _twice(plan, f"waves[{index}].groupIds[{position}]", index, before, servers)


def _twice(plan: PlanContent, place: str, index: int, before: int, servers: list[str]) -> Problem:
    """One finding for all servers of a group that another group has: there may be hundreds."""
    one = len(servers) == 1
    those = f"The server{'' if one else 's'} {told(servers)} {'is' if one else 'are'}"
    if before == index:
        return warning(
            place=place,
            code="serverInTwoGroups",
            problem=f"{those} in two groups of this wave.",
            remedy="Each is launched once; leave it in one group to keep this readable.",
        )
    return Problem(
        place=place,
        code="serverInTwoWaves",
        problem=f"{those} also in the wave {plan.waves[before].name!r}.",
        remedy="A server is launched once in a run: leave each in one wave.",
    )


def _critical(plan: PlanContent, known: KnownServers) -> Iterator[Problem]:
    for index, wave in enumerate(plan.waves):
        policy = wave.failure_policy
        if policy.kind is not PolicyKind.CRITICAL:
            continue
        ids = _ids_of(wave, known)
        if ids is None:
            continue
        for position, server_id in enumerate(policy.servers.ids):
            if server_id not in ids:
                yield Problem(
                    place=f"waves[{index}].failurePolicy.servers.ids[{position}]",
                    code="criticalServerNotInWave",
                    problem=f"The critical server {server_id} is in no group of the wave "
                    f"{wave.name!r}.",
                    remedy="Remove it here, or add it to a group of the wave.",
                )


def _ids_of(wave: Wave, known: KnownServers) -> frozenset[str] | None:
    ids: set[str] = set()
    for group_id in wave.group_ids:
        servers = known(group_id)
        if servers is None:
            return None
        ids.update(server.rpartition("/")[2] for server in servers)
    return frozenset(ids)


def _times(plan: PlanContent) -> Iterator[Problem]:
    for index, wave in enumerate(plan.waves):
        if wave.timeout_minutes > plan.timeout_minutes:
            yield warning(
                place=f"waves[{index}].timeoutMinutes",
                code="waveTimeoutBeyondPlan",
                problem=f"The wave {wave.name!r} may take {wave.timeout_minutes} minutes, the "
                f"whole plan only {plan.timeout_minutes}.",
                remedy="Give the plan more time, or the wave less.",
            )
    if plan.rto_minutes is not None and plan.rto_minutes > plan.timeout_minutes:
        yield warning(
            place="rtoMinutes",
            code="objectiveBeyondTimeout",
            problem=f"The recovery time objective is {plan.rto_minutes} minutes, but a run is "
            f"ended after {plan.timeout_minutes}.",
            remedy="Set timeoutMinutes above rtoMinutes, so that a late recovery still completes.",
        )
