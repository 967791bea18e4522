"""GetLaunchConfiguration and UpdateLaunchConfiguration: how a server will be launched next."""

from typing import Any

from breakwater_local.drs.call import Call


def get_launch_configuration(call: Call) -> dict[str, Any]:
    """As it stands. Its launch template was made in EC2, at the latest just now."""
    return dict(call.world.server(call.params["sourceServerID"]).launch_configuration)


def update_launch_configuration(call: Call) -> dict[str, Any]:
    """Changes what is named and nothing else; holds for the next job, not for one under way."""
    server = call.world.server(call.params["sourceServerID"])
    configuration = server.launch_configuration
    for name, value in call.params.items():
        if isinstance(value, dict):
            configuration[name] = {**configuration.get(name, {}), **value}
        else:
            configuration[name] = value
    return dict(configuration)
