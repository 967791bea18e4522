"""How integration tests open the portal's address."""

from breakwater import contract
from tests.integration.asked import Answer, asked
from tests.integration.waiting import once_there_is_room


def ask(
    outputs: dict[str, str], path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> Answer:
    """What a browser would get there."""
    portal = outputs[contract.PORTAL_URL_OUTPUT].rstrip("/")
    return once_there_is_room(lambda: asked(method, portal + path, headers=headers))
