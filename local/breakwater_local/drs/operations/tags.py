"""Tags of source servers, jobs and recovery instances."""

from collections.abc import Mapping
from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.errors import DoesNotExist, invalid
from breakwater_local.drs.world import World

MOST_TAGS = 50


def tag_resource(call: Call) -> dict[str, Any]:
    """Adds tags, or gives them another value."""
    tags = _tags(call)
    require_taggable(call.params["tags"], tags)
    tags.update(call.params["tags"])
    return {}


def require_taggable(given: Mapping[str, str], there: Mapping[str, str] | None = None) -> None:
    """May a resource be given these tags, with those that it has?"""
    reserved = [name for name in given if name.lower().startswith("aws:")]
    if reserved:
        message = f"keys that begin with aws: are reserved: {', '.join(reserved)}"
        raise invalid(f"Tags: {message}", [("tags", message)])
    if "" in given:
        raise invalid("Tags: a key must not be empty", [("tags", "a key must not be empty")])
    count = len({*given, *(there or {})})
    if count > MOST_TAGS:
        message = f"{count} tags; a resource has at most {MOST_TAGS}"
        raise invalid(message, [("tags", message)])


def untag_resource(call: Call) -> dict[str, Any]:
    """Takes tags away; those that are not there are no error."""
    tags = _tags(call)
    for name in call.params["tagKeys"]:
        tags.pop(name, None)
    return {}


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """All of them."""
    return {"tags": dict(_tags(call))}


def tags_by_arn(world: World, arn: str, at: float) -> dict[str, str]:
    """The tags of what is called so in this world, to be changed; or DoesNotExist."""
    kind, _, resource_id = arn.rpartition(":")[2].partition("/")
    if arn == world.arn(kind, resource_id):
        if kind == "source-server":
            return world.server(resource_id).tags
        if kind == "job":
            return world.job(resource_id).tags
        if kind == "recovery-instance":
            return world.instance(resource_id, at).tags
    raise DoesNotExist("Resource", arn)


def _tags(call: Call) -> dict[str, str]:
    return tags_by_arn(call.world, call.params["resourceArn"], call.now)
