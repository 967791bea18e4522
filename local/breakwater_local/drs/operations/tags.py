"""Tags of source servers, jobs and recovery instances."""

from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.errors import DoesNotExist, invalid

MOST_TAGS = 50


def tag_resource(call: Call) -> dict[str, Any]:
    """Adds tags, or gives them another value."""
    tags = _tags(call)
    given = call.params["tags"]
    reserved = [name for name in given if name.lower().startswith("aws:")]
    if reserved:
        raise invalid(f"Tag keys that begin with aws: are reserved: {', '.join(reserved)}")
    if len(tags | given) > MOST_TAGS:
        raise invalid(f"{len(tags | given)} tags; a resource has at most {MOST_TAGS}")
    tags.update(given)
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    """Takes tags away; those that are not there are no error."""
    tags = _tags(call)
    for name in call.params["tagKeys"]:
        tags.pop(name, None)
    return {}


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """All of them."""
    return {"tags": dict(_tags(call))}


def _tags(call: Call) -> dict[str, str]:
    arn = call.params["resourceArn"]
    kind, _, resource_id = arn.rpartition(":")[2].partition("/")
    world = call.world
    if arn == world.arn(kind, resource_id):
        if kind == "source-server":
            return world.server(resource_id).tags
        if kind == "job":
            return world.job(resource_id).tags
        if kind == "recovery-instance":
            return world.instance(resource_id, call.now).tags
    raise DoesNotExist("Resource", arn)
