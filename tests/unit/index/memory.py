"""The index's table and directory in memory, with the same promises as in DynamoDB."""

from collections.abc import Collection, Mapping
from typing import Any

from breakwater.contract import IndexSettings
from breakwater.index.machine_facts import MachineFacts, facts_of
from breakwater.index.row import ATTENTION, OPEN, Row
from breakwater.index.rows import Overtaken
from breakwater.index.status import REDRIVABLE
from breakwater.index.step_functions import TooFast
from tests.unit.index.world import World

PAGE = 2


class MemoryRows:
    """Rows and Walks. What is written goes through the table's own form and back."""

    redrivable = REDRIVABLE

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.writes = 0

    def read(self, arns: Collection[str]) -> Mapping[str, Row]:
        return {arn: Row.from_values(self.items[arn]) for arn in arns if arn in self.items}

    def write(self, row: Row, *, after: Row | None) -> None:
        current = self.items.get(row.execution_arn)
        if (current or {}).get("revision") != (after.revision if after else None):
            raise Overtaken(row.execution_arn)
        values = {name: value for name, value in row.to_values().items() if value is not None}
        self.items[row.execution_arn] = values
        self.writes += 1

    def open_rows(self, position: Any) -> tuple[list[Row], Any]:
        return self._page("open", OPEN, position)

    def attention_rows(self, position: Any) -> tuple[list[Row], Any]:
        return self._page("open", ATTENTION, position)

    def ended(self, status: str, ended_after: str, position: Any) -> tuple[list[Row], Any]:
        rows, after = self._page("status", status, position)
        return [row for row in rows if (row.stop_date or "") >= ended_after], after

    def _page(self, key: str, value: str, position: Any) -> tuple[list[Row], Any]:
        after = position["after"] if position else ""
        found = sorted(
            arn for arn, item in self.items.items() if item.get(key) == value and arn > after
        )
        page = [Row.from_values(self.items[arn]) for arn in found[:PAGE]]
        return page, {"after": found[PAGE - 1]} if len(found) > PAGE else None


class MemoryDirectory:
    """Keeps no answer that it could not have."""

    def __init__(self, world: World, settings: IndexSettings) -> None:
        self._world = world
        self._settings = settings

    def facts(self, state_machine_arn: str) -> MachineFacts:
        try:
            tags: Mapping[str, str] | None = self._world.tags(state_machine_arn)
        except TooFast:
            tags = None
        return facts_of(state_machine_arn, tags, self._settings)

    def refresh(self, state_machine_arn: str) -> MachineFacts:
        return self.facts(state_machine_arn)


class NoHurry:
    """Time without end."""

    def allow(self, share: float) -> None:
        pass

    def check(self) -> None:
        pass
