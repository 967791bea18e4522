"""Live updates: the socket, and the bus that other systems listen to."""

from breakwater.contract.deployment import PRODUCT

# The WebSocket API's stage: behind the one origin the socket is at /live.
LIVE_STAGE = "live"

LIVE_URL_VARIABLE = "LIVE_URL"
"""Where clients connect, as they are told with their ticket."""

LIVE_CALLBACK_VARIABLE = "LIVE_CALLBACK_URL"
"""Where functions post to connections."""

LIVE_DEAD_LETTERS_VARIABLE = "LIVE_DEAD_LETTERS_URL"
LIVE_TAIL_VARIABLE = "LIVE_TAIL_FUNCTION"
LIVE_AGAIN_VARIABLE = "LIVE_AGAIN_FUNCTION"
LIVE_BUS_VARIABLE = "LIVE_BUS"

LIVE_EVENT = "Breakwater Workflow Change"
"""The detail type of changes on the bus that other systems listen to."""

LIVE_EVENT_SOURCE = "breakwater.live"


def live_bus_name(environment: str) -> str:
    """The event bus on which changes are told: rules of other stacks find it by name."""
    return f"{PRODUCT}-{environment}-changes"
