"""Extended source servers: protected in a staging account, recovered in this one."""

from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.errors import DoesNotExist, invalid
from breakwater_local.drs.files.call_faults import DefaultEbsKey
from breakwater_local.drs.files.servers import host_name
from breakwater_local.drs.operations.tags import require_taggable
from breakwater_local.drs.views.source_servers import source_server_view
from breakwater_local.drs.world import SourceServer, Staging


def list_extensible_source_servers(call: Call) -> dict[str, Any]:
    """The servers of a staging account that are not extended into this account yet."""
    taken = _extended(call)
    staging = call.realm.worlds.get((call.params["stagingAccountID"], call.world.region))
    servers = staging.servers.values() if staging and staging is not call.world else ()
    return call.listing(
        [server for server in servers if server.arn not in taken and server.staging is None],
        lambda server: server.number,
        lambda server: {
            "arn": server.arn,
            "hostname": host_name(server.profile),
            "tags": dict(server.tags),
        },
    )


def create_extended_source_server(call: Call) -> dict[str, Any]:
    """Takes a staging account's server in; it replicates there and is recovered here."""
    require_taggable(call.params.get("tags", {}))
    arn = call.params["sourceServerArn"]
    account, original = _original(call, arn)
    if original.profile.ebs_key == "default" or call.fault(DefaultEbsKey):
        message = (
            f"The EBS snapshots of {arn} are encrypted with the default EBS key of account "
            f"{account}, which can't be shared. Use a customer managed key"
        )
        raise invalid(message, [("sourceServerArn", message)])
    if arn in _extended(call):
        message = f"{arn} is extended into this account already"
        raise invalid(message, [("sourceServerArn", message)])
    server = call.realm.add_server(
        call.world,
        original.profile.model_copy(update={"tags": call.params.get("tags", {})}),
        call.realm.dice.id("s-", "extended", call.world.account, arn),
        original.course,
    )
    server.staging = Staging(account, arn)
    return {"sourceServer": source_server_view(call.realm, call.world, server, call.now)}


def _extended(call: Call) -> set[str]:
    return {server.staging.arn for server in call.world.servers.values() if server.staging}


def _original(call: Call, arn: str) -> tuple[str, SourceServer]:
    parts = arn.split(":")
    account, region, server_id = parts[4], parts[3], arn.rpartition("/")[2]
    staging = call.realm.worlds.get((account, region))
    known = staging.servers.get(server_id) if staging else None
    if known is None or region != call.world.region or account == call.world.account:
        raise DoesNotExist("SourceServer", arn)
    return account, known
