"""InitializeService: the account begins to use DRS in a Region."""

from typing import Any

from breakwater_local.drs.call import Call


def initialize_service(call: Call) -> dict[str, Any]:
    """From now on the other operations answer; doing it again changes nothing."""
    call.realm.initialize(call.world)
    return {}
