"""An account with DRS in it: the client that the adapter calls, and the port that others use."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from breakwater.recovery.launch_network import LaunchNetwork, LaunchSurvey
from breakwater.recovery.server_directory import Inventory
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable


def refusal(code: str, operation: str = "Call", message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class OneClient:
    """Gives the same client for every place."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def client(self, service: str, target: Target) -> Any:
        return self._client


class FakeDirectory:
    """The port, with what a test says; and how often what was asked."""

    def __init__(self, *servers: SourceServer, **answers: Any) -> None:
        self.servers = {one.server_id: one for one in servers}
        self.answers = answers
        self.asked: list[str] = []

    def inventory(self, target: Target, ids: Collection[str] | None = None) -> Inventory:
        self._ask("inventory")
        found = {
            one.server_id: one
            for one in self.servers.values()
            if one.target == target and (ids is None or one.server_id in ids)
        }
        return Inventory(servers=found, initialized=self.answers.get("initialized", True))

    def page(self, target: Target, *, limit: int, token: str | None) -> Inventory:
        self._ask("page")
        begin = int(token or 0)
        shown = dict(list(self.servers.items())[begin : begin + limit])
        more = begin + limit < len(self.servers)
        return Inventory(servers=shown, next_token=str(begin + limit) if more else None)

    def open_jobs(self, target: Target, at: datetime) -> Mapping[str, str]:
        self._ask("jobs")
        return dict(self.answers.get("jobs", {}))

    def native_executions(self, target: Target) -> Mapping[str, str]:
        self._ask("native")
        return dict(self.answers.get("native", {}))

    def newest_snapshot(self, target: Target, server_id: str) -> str | None:
        self._ask("snapshot")
        snapshots: Mapping[str, str] = self.answers.get("snapshots", {})
        return snapshots.get(server_id)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.answers.get("silent", ()):
            raise Unreachable(f"{what} was not answered")


class FakeNetworks:
    """Launch networks, with what a test says."""

    def __init__(self, **networks: LaunchNetwork) -> None:
        self._found = LaunchSurvey(networks=networks)

    def survey(self, target: Target, servers: Sequence[SourceServer]) -> LaunchSurvey:
        return self._found


class FakeLeases:
    """Leases, with what a test says."""

    def __init__(self, holders: Mapping[str, str] | None = None, silent: str = "") -> None:
        self._holders = holders or {}
        self._silent = silent

    def holders(self, keys: Collection[str]) -> Mapping[str, str]:
        if self._silent:
            raise Unreachable(self._silent)
        return {key: run for key, run in self._holders.items() if key in keys}
