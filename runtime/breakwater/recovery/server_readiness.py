"""Could this server be launched now, and what would come of it? Pure."""

from collections.abc import Iterator

from breakwater.recovery.problem import Problem, warning
from breakwater.recovery.replication import Launchable, launchable
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target_facts import TargetFacts

LARGE_LAG_SECONDS = 3600
"""Where a plan has no objective: data an hour old deserves a look."""


def server_problems(
    server: SourceServer,
    facts: TargetFacts,
    place: str,
    *,
    rpo_minutes: int | None = None,
    held_by: str | None = None,
) -> list[Problem]:
    """Everything about one server. The state of the data is never more than its age: when a site
    is lost every server stalls, and that is when it must be launched.
    """
    here = f"{place}.servers[{server.server_id}]"
    return [
        *_replication(server, facts, here),
        *_age(server, here, rpo_minutes),
        *_busy(server, facts, here, held_by),
        *_network(server, facts, here),
    ]


def _replication(server: SourceServer, facts: TargetFacts, place: str) -> Iterator[Problem]:
    state = server.replication_state or "no state"
    error = f" ({server.replication_error})" if server.replication_error else ""
    match launchable(server.replication_state):
        case Launchable.YES:
            pass
        case Launchable.NO:
            yield Problem(
                place=place,
                code="notLaunchable",
                problem=f"{server.name} is {state}{error}: it has no consistent point in time.",
                remedy="Wait for the first synchronization to end, or start replication again.",
            )
        case _ if server.server_id not in facts.snapshots:
            yield warning(
                place=place,
                code="snapshotNotAsked",
                problem=f"{server.name} is {state}{error}; whether it has a point in time to "
                "launch from was not asked.",
                remedy="Look at the group's servers, which shows the newest one.",
            )
        case _ if facts.snapshots[server.server_id] is None:
            yield Problem(
                place=place,
                code="noSnapshot",
                problem=f"{server.name} is {state}{error} and has no point in time to launch from.",
                remedy="Repair its replication; DRS takes a snapshot when it has caught up.",
            )
        case judged:
            unknown = judged is Launchable.UNKNOWN
            yield warning(
                place=place,
                code="unknownReplicationState" if unknown else "notContinuous",
                problem=f"{server.name} is {state}{error}"
                f"{', which Breakwater does not know' if unknown else ''}; it would be launched "
                f"from {facts.snapshots[server.server_id]}.",
                remedy="Repair its replication, or accept data of that time.",
            )
    if server.replication_direction == "FAILBACK":
        yield warning(
            place=place,
            code="replicatesBack",
            problem=f"{server.name} replicates back to where it came from.",
            remedy="Finish its failback before this plan is relied on.",
        )


def _age(server: SourceServer, place: str, rpo_minutes: int | None) -> Iterator[Problem]:
    if server.lag_seconds is None:
        return
    minutes = round(server.lag_seconds / 60)
    if rpo_minutes is not None and server.lag_seconds > rpo_minutes * 60:
        yield warning(
            place=place,
            code="lagBeyondObjective",
            problem=f"{server.name} is {minutes} minutes behind; the plan's recovery point "
            f"objective is {rpo_minutes}.",
            remedy="Look at its replication: bandwidth, backlog, the agent.",
        )
    elif rpo_minutes is None and server.lag_seconds > LARGE_LAG_SECONDS:
        yield warning(
            place=place,
            code="largeLag",
            problem=f"{server.name} is {minutes} minutes behind.",
            remedy="Look at its replication; set rpoMinutes if that is what the plan accepts.",
        )


def _busy(
    server: SourceServer, facts: TargetFacts, place: str, held_by: str | None
) -> Iterator[Problem]:
    job = facts.jobs.get(server.server_id)
    if job:
        yield Problem(
            place=place,
            code="inJob",
            problem=f"{server.name} is in the DRS job {job}, which has not ended.",
            remedy="Wait until it ends; DRS allows one job per server and cannot stop it.",
        )
    execution = facts.native_executions.get(server.server_id)
    if execution:
        yield Problem(
            place=place,
            code="inNativePlan",
            problem=f"{server.name} is in a running DRS recovery plan: {execution}.",
            remedy="Wait until it ends, or cancel it in DRS.",
        )
    if held_by:
        yield Problem(
            place=place,
            code="inRun",
            problem=f"{server.name} is held by the run {held_by}.",
            remedy="Wait until that run has ended, or cancel it.",
        )


def _network(server: SourceServer, facts: TargetFacts, place: str) -> Iterator[Problem]:
    network = facts.networks.get(server.server_id)
    if network is None:
        return
    template = f"{server.name}'s launch template {network.template_id}"
    edit = "Edit the launch template in the server's launch settings, and set it as default."
    if not network.template_exists:
        yield warning(
            place=place,
            code="launchTemplateMissing",
            problem=f"{template} does not exist: DRS makes another, with default values.",
            remedy="Open the server's launch settings in DRS and set its network.",
        )
        return
    if not network.subnet_exists:
        yield Problem(
            place=place,
            code="subnetMissing",
            problem=f"{template} names the subnet {network.subnet_id}, which does not exist.",
            remedy=edit,
        )
    if network.subnet_id is None:
        yield warning(
            place=place,
            code="noSubnet",
            problem=f"{template} names no subnet: EC2 takes the default one, if there is one.",
            remedy=edit,
        )
    if network.missing_security_groups:
        yield Problem(
            place=place,
            code="securityGroupMissing",
            problem=f"{template} names security groups that do not exist: "
            f"{', '.join(network.missing_security_groups)}.",
            remedy=edit,
        )
    if network.vpc_id and network.vpc_id == network.source_vpc_id:
        yield warning(
            place=place,
            code="productionNetwork",
            problem=f"A drill would launch {server.name} into {network.vpc_id}, where its source "
            "runs: two machines with one identity.",
            remedy="Drill in a network of its own. " + edit,
        )
