"""No cloud: instance ids stay as they were drawn from the seed, and events go nowhere."""

from typing import Any


class Nowhere:
    """What the simulator runs on alone."""

    knows_states = False

    def run(
        self,
        account: str,  # noqa: ARG002
        region: str,  # noqa: ARG002
        instance_type: str,  # noqa: ARG002
        tags: dict[str, str],  # noqa: ARG002
        planned_id: str,
    ) -> str:
        """Keeps the id."""
        return planned_id

    def template(
        self,
        account: str,  # noqa: ARG002
        region: str,  # noqa: ARG002
        server_id: str,  # noqa: ARG002
    ) -> str | None:
        """There is none."""
        return None

    def stop(self, account: str, region: str, instance_id: str) -> None:
        """There is none."""

    def terminate(self, account: str, region: str, instance_id: str) -> None:
        """There is none."""

    def states(
        self,
        account: str,  # noqa: ARG002
        region: str,  # noqa: ARG002
        instance_ids: list[str],  # noqa: ARG002
    ) -> dict[str, str]:
        """Nothing is known."""
        return {}

    def publish(self, account: str, region: str, event: dict[str, Any]) -> None:
        """Nobody listens."""
