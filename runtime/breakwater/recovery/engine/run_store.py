"""The items of runs in ExecutionHistory: read whole where it is cheap, written if nobody else did.

Every write names the version that was read. Of a change that does not fit into one transaction,
servers are written first and the run last: whoever finds it half done makes the same decisions
again from what is there, and reaches the same end.

Cost of a look at a run with w waves under way: two Query (run, jobs, compensation; waves) and one
Query per wave under way; of a change of n items: n/100 TransactWriteItems, or one PutItem.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.attribute_values import from_item, to_item
from breakwater.platform.http.errors import NotFound
from breakwater.platform.transaction import Write, write_together
from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.record import from_values, to_values
from breakwater.recovery.engine.run import ITEM_KEY, Run
from breakwater.recovery.engine.run_state import Item, RunState
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JOB_LIVE, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.EXECUTION_HISTORY.partition
SORT = str(contract.EXECUTION_HISTORY.sort)
PLAN = "PLAN"
_TOGETHER = 90
"""Of the hundred actions of a transaction; the rest is for what is written along."""

_KINDS: Sequence[tuple[str, type[Any]]] = (
    ("WAVE#", WaveRun),
    ("SERVER#", ServerRun),
    ("JOB#", JobRun),
    ("COMPENSATION#", CompensationStep),
)
_NOT_YET = frozenset({WaveStatus.PENDING, WaveStatus.HELD, WaveStatus.LAUNCHING})


class Changed(Exception):
    """Somebody else wrote first. Read again and decide again."""


class RunStore:
    """The table of runs."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self.table = table

    def run(self, execution_id: str) -> Run:
        """The run; NotFound if there is none."""
        item = self._item(execution_id, ITEM_KEY)
        if item is None:
            raise NotFound(f"There is no recovery run {execution_id!r}.")
        return from_values(Run, item)

    def plan(self, execution_id: str) -> Mapping[str, Any]:
        """The plan and the groups that the run was started with."""
        item = self._item(execution_id, PLAN)
        if item is None:
            raise NotFound(f"The run {execution_id!r} has no frozen plan.")
        return item

    def load(self, execution_id: str) -> RunState:
        """The run with everything that a decision about it may need."""
        state = self.outline(execution_id)
        for wave in state.waves.values():
            if _may_change(state, wave):
                state.put(*self.servers(execution_id, wave.index))
        return state

    def everything(self, execution_id: str) -> RunState:
        """The run with all its servers."""
        state = self.outline(execution_id)
        state.put(*self.servers(execution_id))
        return state

    def servers(self, execution_id: str, wave_index: int | None = None) -> list[ServerRun]:
        """The servers of a wave, or of all."""
        prefix = "SERVER#" if wave_index is None else f"SERVER#{wave_index:03d}#"
        return [
            one
            for one in self._read(
                execution_id, "begins_with(itemKey, :from)", {":from": {"S": prefix}}
            )
            if isinstance(one, ServerRun)
        ]

    def save(self, changed: Sequence[Item], along: Sequence[Write] = ()) -> list[Item]:
        """Write these, as they were read with their versions; Changed if somebody was faster.

        :param along: writes in the same transaction as the last of them: the audit record.
        """
        written: list[Item] = []
        parts = list(_parts(changed))
        for position, part in enumerate(parts):
            last = along if position == len(parts) - 1 else ()
            self._write(part, last)
            written += [replace(item, version=item.version + 1) for item in part]
        return written

    def _write(self, part: Sequence[Item], along: Sequence[Write]) -> None:
        if len(part) == 1 and not along:
            put = _put(self.table, part[0])
            try:
                self._client.put_item(**put)
            except self._client.exceptions.ConditionalCheckFailedException as other:
                raise Changed(part[0].item_key) from other
            return
        writes = [
            Write(
                action={"Put": _put(self.table, item)},
                refused=lambda item=item: Changed(item.item_key),  # type: ignore[misc]
            )
            for item in part
        ]
        write_together(self._client, [*writes, *along])

    def outline(self, execution_id: str) -> RunState:
        """The run with its waves, jobs and compensation, without servers."""
        found = list(
            self._read(
                execution_id,
                "itemKey BETWEEN :from AND :to",
                {":from": {"S": "COMPENSATION#"}, ":to": {"S": "JOB#~"}},
            )
        )
        runs = [one for one in found if isinstance(one, Run)]
        if not runs:
            raise NotFound(f"There is no recovery run {execution_id!r}.")
        state = RunState(runs[0])
        state.put(
            *found,
            *self._read(execution_id, "begins_with(itemKey, :from)", {":from": {"S": "WAVE#"}}),
        )
        return state

    def _item(self, execution_id: str, key: str) -> dict[str, Any] | None:
        item = self._client.get_item(
            TableName=self.table,
            Key={KEY: {"S": execution_id}, SORT: {"S": key}},
            ConsistentRead=True,
        ).get("Item")
        return from_item(item) if item else None

    def _read(self, execution_id: str, keys: str, values: dict[str, Any]) -> Iterator[Item]:
        more: dict[str, Any] = {}
        while True:
            answer = self._client.query(
                TableName=self.table,
                KeyConditionExpression=f"{KEY} = :run AND {keys}",
                ExpressionAttributeValues={":run": {"S": execution_id}, **values},
                ConsistentRead=True,
                **more,
            )
            yield from (record_of(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def record_of(item: Mapping[str, Any]) -> Item:
    """The record that an item holds."""
    values = from_item(item)
    key = values[SORT]
    if key == ITEM_KEY:
        return from_values(Run, values)
    for prefix, kind in _KINDS:
        if key.startswith(prefix):
            record: Item = from_values(kind, values)
            return record
    raise ValueError(f"the item {key!r} of a run is none that this release knows")


def plan_write(table: str, execution_id: str, frozen: Mapping[str, Any]) -> Write:
    """The part of a transaction that keeps the plan as it is now."""
    item = to_item({KEY: execution_id, SORT: PLAN, **frozen})
    return Write(
        action={
            "Put": {
                "TableName": table,
                "Item": item,
                "ConditionExpression": f"attribute_not_exists({KEY})",
            }
        },
        refused=lambda: Changed(PLAN),
    )


def _may_change(state: RunState, wave: WaveRun) -> bool:
    """Under way, or could start now, or DRS or EC2 still has to do with its servers."""
    if wave.untagged or any(job.status in JOB_LIVE for job in state.jobs_of(wave)):
        return True
    named = state.named()
    needed = (named[one].status for one in wave.depends_on)
    return wave.status in _NOT_YET and all(
        status in (WaveStatus.COMPLETED, WaveStatus.LAUNCHING) for status in needed
    )


def _parts(changed: Iterable[Item]) -> Iterator[list[Item]]:
    """Servers first; waves and the run, which tell of each other, last and together."""
    items: list[Item] = list(changed)
    servers: list[Item] = [item for item in items if isinstance(item, ServerRun)]
    together: list[Item] = [item for item in items if isinstance(item, Run | WaveRun)]
    others = [item for item in items if not isinstance(item, Run | WaveRun | ServerRun)]
    early = [*servers, *others]
    room = _TOGETHER - len(together)
    first, last = (early[:-room], early[-room:]) if len(early) > room else ([], early)
    for start in range(0, len(first), _TOGETHER):
        yield first[start : start + _TOGETHER]
    if last or together:
        yield [*last, *together]


def _put(table: str, item: Item) -> dict[str, Any]:
    values = to_item({**to_values(item), SORT: item.item_key, "version": item.version + 1})
    put: dict[str, Any] = {"TableName": table, "Item": values}
    if item.version:
        return {
            **put,
            "ConditionExpression": "#version = :seen",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":seen": {"N": str(item.version)}},
        }
    return {**put, "ConditionExpression": f"attribute_not_exists({KEY})"}
