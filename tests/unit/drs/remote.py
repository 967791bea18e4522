"""A cloud far away, in the test's hands: it answers, refuses, hangs or is gone."""

import threading
from typing import Any

from breakwater_local.drs.outbox import InstanceOrder, InstanceRefused, Undelivered, Unreachable


class Remote:
    """What the embedded AWS is to the simulator, without one."""

    is_remote = True

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.refusal: str | None = None
        self.broken = False
        self.refuses_events = False
        self.orders: list[InstanceOrder] = []
        self.ended: list[str] = []
        self.published: list[dict[str, Any]] = []
        self.known: dict[str, str] = {}
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.is_asked = threading.Event()

    def run(self, order: InstanceOrder) -> str:
        self._reach()
        if self.refusal:
            raise InstanceRefused(self.refusal)
        self.orders.append(order)
        instance_id = f"i-{len(self.orders):017x}"
        self.known[instance_id] = "running"
        return instance_id

    def template(self, account: str, region: str, server_id: str) -> str | None:
        self._reach()
        return None

    def stop(self, account: str, region: str, instance_id: str) -> None:
        self._reach()
        self.known[instance_id] = "stopped"

    def terminate(self, account: str, region: str, instance_id: str) -> None:
        self._reach()
        self.known[instance_id] = "terminated"
        self.ended.append(instance_id)

    def states(self, account: str, region: str, instance_ids: list[str]) -> dict[str, str]:
        self._reach()
        return {one: self.known[one] for one in instance_ids if one in self.known}

    def publish(self, account: str, region: str, event: dict[str, Any]) -> None:
        self._reach()
        if self.refuses_events:
            raise Undelivered("no such bus")
        self.published.append(event)

    def _reach(self) -> None:
        self.is_asked.set()
        assert self.goes_on.wait(60)
        if self.trouble:
            raise Unreachable(self.trouble)
        if self.broken:
            raise Undelivered("an internal error")
