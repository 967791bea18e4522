"""Reads where servers would be launched from EC2 launch templates.

Calls, per account and Region:

* ec2 DescribeLaunchTemplateVersions  one per page of 200: the default version of every template;
                                      and one for each that a server names and that was not there
* drs GetLaunchConfiguration          at most 25, then remembered: DRS tells a server's template one
                                      by one only, so templates that name their server (in their
                                      name or tags, as those made by DRS do) are not asked for
* ec2 DescribeSubnets, DescribeSecurityGroups  one per 200 that the templates name
* ec2 DescribeInstances               one per 200 sources that run in this account and Region
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from breakwater.recovery.drs_directory import Clients
from breakwater.recovery.launch_network import LaunchNetwork, LaunchSurvey
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable, asking

_PER_CALL = 200
_SERVER_ID = re.compile(r"(?<![0-9a-zA-Z])s-[0-9a-zA-Z]{17}(?![0-9a-zA-Z])")


class Ec2LaunchNetworks:
    """Launch networks as EC2 and DRS tell them."""

    def __init__(self, clients: Clients, *, configurations_asked: int = 25) -> None:
        self._clients = clients
        self._configurations_asked = configurations_asked
        # The template of a server stays the same; DRS makes new versions of it.
        self._template_of: dict[tuple[Target, str], str] = {}

    def survey(self, target: Target, servers: Sequence[SourceServer]) -> LaunchSurvey:
        """The networks into which these servers would be launched."""
        if not servers:
            return LaunchSurvey(networks={})
        ec2 = self._clients.client("ec2", target)
        versions = _default_versions(ec2)
        templates = self._templates(target, servers, versions)
        for one in sorted(set(templates.values()) - versions.keys()):
            versions.update(_default_versions(ec2, one))
        used = {
            one: versions[one]["LaunchTemplateData"]
            for one in templates.values()
            if one in versions
        }
        with asking("EC2 describe subnets"):
            vpcs = _vpc_of_subnets(ec2, {s for data in used.values() for s in _subnets(data)})
        with asking("EC2 describe security groups"):
            known = _known_groups(ec2, {g for data in used.values() for g in _groups(data)})
        with asking("EC2 describe instances"):
            sources = _source_vpcs(ec2, target, servers)
        networks = {
            server_id: _network(template, used.get(template), vpcs, known, sources.get(server_id))
            for server_id, template in templates.items()
        }
        return LaunchSurvey(networks=networks, not_looked_at=len(servers) - len(networks))

    def _templates(
        self, target: Target, servers: Sequence[SourceServer], versions: Mapping[str, Any]
    ) -> dict[str, str]:
        named = {
            server_id: template
            for template, version in versions.items()
            for server_id in _servers_named(version)
        }
        found: dict[str, str] = {}
        left = self._configurations_asked
        for server in servers:
            known = named.get(server.server_id) or self._template_of.get((target, server.server_id))
            if known is None and left:
                left -= 1
                with asking("DRS get launch configuration"):
                    known = (
                        self._clients.client("drs", target)
                        .get_launch_configuration(sourceServerID=server.server_id)
                        .get("ec2LaunchTemplateID")
                    )
                if known:
                    self._template_of[target, server.server_id] = known
            if known:
                found[server.server_id] = known
        return found


def _default_versions(ec2: Any, template: str | None = None) -> dict[str, Any]:
    """Of all templates, or of one: asked once more by its id before it is said to be missing.

    The embedded AWS knows no list of all, and answers that as if one did not exist.
    """
    which = {"LaunchTemplateId": template} if template else {"MaxResults": _PER_CALL}
    try:
        with asking("EC2 describe launch template versions"):
            found = _all(
                ec2.describe_launch_template_versions,
                "LaunchTemplateVersions",
                Versions=["$Default"],
                **which,
            )
            return {version["LaunchTemplateId"]: version for version in found}
    except Unreachable as silent:
        if not silent.code.startswith("InvalidLaunchTemplateId.NotFound"):
            raise
        return {}


def _servers_named(version: Mapping[str, Any]) -> Iterator[str]:
    texts = [version.get("LaunchTemplateName", "")]
    for specification in version.get("LaunchTemplateData", {}).get("TagSpecifications") or ():
        texts += [tag.get("Value", "") for tag in specification.get("Tags") or ()]
    for text in texts:
        yield from _SERVER_ID.findall(text)


def _network(
    template: str,
    data: Mapping[str, Any] | None,
    vpcs: Mapping[str, str],
    known_groups: frozenset[str],
    source_vpc: str | None,
) -> LaunchNetwork:
    if data is None:
        return LaunchNetwork(template_id=template, template_exists=False)
    subnet = next(iter(_subnets(data)), None)
    return LaunchNetwork(
        template_id=template,
        subnet_id=subnet,
        subnet_exists=subnet is None or subnet in vpcs,
        missing_security_groups=tuple(sorted(set(_groups(data)) - known_groups)),
        vpc_id=vpcs.get(subnet) if subnet else None,
        source_vpc_id=source_vpc,
    )


def _subnets(data: Mapping[str, Any]) -> list[str]:
    return [one["SubnetId"] for one in data.get("NetworkInterfaces") or () if one.get("SubnetId")]


def _groups(data: Mapping[str, Any]) -> list[str]:
    own = list(data.get("SecurityGroupIds") or ())
    for interface in data.get("NetworkInterfaces") or ():
        own += interface.get("Groups") or ()
    return own


# Filters, not ids: an id that does not exist fails the whole call, a filter just finds less.


def _vpc_of_subnets(ec2: Any, ids: Iterable[str]) -> dict[str, str]:
    return {
        subnet["SubnetId"]: subnet["VpcId"]
        for filters in _filters("subnet-id", ids)
        for subnet in _all(ec2.describe_subnets, "Subnets", Filters=filters)
    }


def _known_groups(ec2: Any, ids: Iterable[str]) -> frozenset[str]:
    return frozenset(
        group["GroupId"]
        for filters in _filters("group-id", ids)
        for group in _all(ec2.describe_security_groups, "SecurityGroups", Filters=filters)
    )


def _source_vpcs(ec2: Any, target: Target, servers: Sequence[SourceServer]) -> dict[str, str]:
    here = {
        server.origin_instance_id: server.server_id
        for server in servers
        if server.origin_instance_id
        and server.origin_region == target.region
        and server.origin_account_id == target.account_id
    }
    return {
        here[instance["InstanceId"]]: instance["VpcId"]
        for filters in _filters("instance-id", here)
        for reservation in _all(ec2.describe_instances, "Reservations", Filters=filters)
        for instance in reservation.get("Instances") or ()
        if instance.get("VpcId") and instance["InstanceId"] in here
    }


def _filters(name: str, ids: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _PER_CALL):
        yield [{"Name": name, "Values": ordered[start : start + _PER_CALL]}]


def _all(operation: Any, items: str, **parameters: Any) -> Iterator[Any]:
    token: str | None = None
    while True:
        more = {"NextToken": token} if token else {}
        answer = operation(**parameters, **more)
        yield from answer.get(items, [])
        token = answer.get("NextToken")
        if not token:
            return
