"""No cloud: instance ids stay as they were drawn from the seed, and events go nowhere."""

from typing import Any

from breakwater_local.drs.outbox import InstanceOrder


class Nowhere:
    """What the simulator runs on alone."""

    is_remote = False
    trouble: str | None = None

    def run(self, order: InstanceOrder) -> str:
        """Keeps the id."""
        return order.planned_id

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
