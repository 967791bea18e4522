"""Finds out about one account and Region what the readiness of its groups depends on.

Never raises for what AWS refuses: where nothing can be asked the facts say why, and where a single
question is not answered the rest is still there.

Cost: the pages of DescribeSourceServers, of open jobs and native executions; the launch networks
(see `ec2_launch_networks`); and at most 50 DescribeRecoverySnapshots, for servers in whose state a
snapshot decides. A server that replicates continuously has one, so nobody asks.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from breakwater.recovery.launch_network import LaunchNetworks, LaunchSurvey
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.replication import Launchable, launchable
from breakwater.recovery.server_directory import ServerDirectory
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.target_facts import TargetFacts
from breakwater.recovery.unreachable import Unreachable

Answer = TypeVar("Answer")
SNAPSHOTS_ASKED = 50
_SNAPSHOT_DECIDES = frozenset({Launchable.IF_SNAPSHOT, Launchable.UNKNOWN})


def survey(
    target: Target,
    groups: Sequence[ProtectionGroup],
    directory: ServerDirectory,
    networks: LaunchNetworks,
    at: datetime,
) -> TargetFacts:
    """The facts about these groups, which are all of this place."""
    try:
        inventory = directory.inventory(target, _ids(groups))
    except Unreachable as silent:
        return TargetFacts(target=target, unreachable=silent.reason)
    found = TargetFacts(target=target, servers=inventory.servers, initialized=inventory.initialized)
    members = list({s.server_id: s for group in groups for s in found.members_of(group)}.values())
    if not members:
        return found
    gaps: list[str] = []
    # At the same time: each may be waited for, and whoever asked waits for all of them.
    with ThreadPoolExecutor(max_workers=4) as pool:
        launched = pool.submit(networks.survey, target, members)
        jobs = pool.submit(directory.open_jobs, target, at)
        native = pool.submit(directory.native_executions, target)
        snapshots = pool.submit(_snapshots, target, members, directory, gaps)
    launches = _answered(launched, LaunchSurvey(networks={}), gaps)
    return TargetFacts(
        target=target,
        servers=inventory.servers,
        jobs=_answered(jobs, {}, gaps),
        native_executions=_answered(native, {}, gaps),
        snapshots=snapshots.result(),
        networks=launches.networks,
        networks_not_looked_at=launches.not_looked_at,
        gaps=tuple(gaps),
    )


def _ids(groups: Sequence[ProtectionGroup]) -> frozenset[str] | None:
    """All ids, if ids are all that the groups say; else DRS, which knows no tags, tells all."""
    if any(not group.servers.ids for group in groups):
        return None
    return frozenset(one for group in groups for one in group.servers.ids)


def _answered(question: "Future[Answer]", otherwise: Answer, gaps: list[str]) -> Answer:
    try:
        return question.result()
    except Unreachable as silent:
        gaps.append(silent.reason)
        return otherwise


def _snapshots(
    target: Target, members: list[SourceServer], directory: ServerDirectory, gaps: list[str]
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    doubtful = [s for s in members if launchable(s.replication_state) in _SNAPSHOT_DECIDES]
    for server in doubtful[:SNAPSHOTS_ASKED]:
        try:
            found[server.server_id] = directory.newest_snapshot(target, server.server_id)
        except Unreachable as silent:
            # What stops one stops the next, and each would be waited for.
            gaps.append(silent.reason)
            break
    return found
