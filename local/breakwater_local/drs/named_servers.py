"""The source servers that a call speaks of, however it does: a fault may be about some of them."""

from typing import Any

from breakwater_local.drs.realm import Realm
from breakwater_local.drs.world import SourceServer, World


def servers_named(
    realm: Realm, world: World, params: dict[str, Any], now: float
) -> list[SourceServer]:
    """By their ids, by their recovery instances, by the ARN of either."""
    filters = params.get("filters", {})
    ids = [entry["sourceServerID"] for entry in params.get("sourceServers", ())]
    ids += [params[name] for name in ("sourceServerID",) if name in params]
    ids += filters.get("sourceServerIDs", [])
    instances = [*params.get("recoveryInstanceIDs", ()), *filters.get("recoveryInstanceIDs", ())]
    instances += [params[name] for name in ("recoveryInstanceID",) if name in params]
    kind, _, named = params.get("resourceArn", "").rpartition(":")[2].partition("/")
    ids += [named] if kind == "source-server" else []
    instances += [named] if kind == "recovery-instance" else []
    if instances:
        known = {one.id: one.server_id for one in world.instances_at(now)}
        ids += [known[one] for one in instances if one in known]
    found = [world.servers[one] for one in ids if one in world.servers]
    return found + _in_staging(realm, params.get("sourceServerArn", ""))


def _in_staging(realm: Realm, arn: str) -> list[SourceServer]:
    """The server of another account that is to be extended into this one."""
    parts = arn.split(":")
    if len(parts) != 6:
        return []
    staging = realm.worlds.get((parts[4], parts[3]))
    server = staging.servers.get(arn.rpartition("/")[2]) if staging else None
    return [server] if server else []
