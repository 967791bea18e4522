"""Whoever dies or meets whom: nothing is acted on twice, everything is accounted for."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakwater.platform.http.errors import (
    Conflict,
)
from breakwater.workflows.bulk.bulk import LEASE, BulkStatus, Result
from breakwater.workflows.bulk.bulk_store import BulkStore
from tests.examples import examples
from tests.unit.workflows.bulk.scene import OLGA, TABLE, Killed, Scene, workflow


class Meeting:
    """DynamoDB, where a result is counted while somebody stops the bulk: each refuses once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.refused = {"transact_write_items": False, "update_item": False}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **words: Any) -> Any:
        if not self.refused["transact_write_items"]:
            self.refused["transact_write_items"] = True
            raise self._client.exceptions.TransactionCanceledException(
                {
                    "Error": {"Code": "TransactionCanceledException", "Message": "[...]"},
                    "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
                },
                "TransactWriteItems",
            )
        return self._client.transact_write_items(**words)

    def update_item(self, **words: Any) -> Any:
        if not self.refused["update_item"]:
            self.refused["update_item"] = True
            raise self._client.exceptions.TransactionConflictException(
                {"Error": {"Code": "TransactionConflictException", "Message": "..."}}, "UpdateItem"
            )
        return self._client.update_item(**words)


def test_a_result_and_a_stop_that_meet_are_both_written(dynamodb: Any) -> None:
    meeting = Meeting(dynamodb)
    scene = Scene(BulkStore(meeting, TABLE, pause=lambda _: None), found=[workflow(1), workflow(2)])
    bulk_id = scene.started()
    left = iter([True, False])
    assert scene.work(bulk_id, lambda: next(left)).acted == 1
    meeting.refused["update_item"] = False
    assert scene.desk.stop(bulk_id, OLGA, reason="enough").status is BulkStatus.STOPPING
    assert scene.results(bulk_id) == {"done": 1, "notStarted": 1}


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    size=st.integers(1, 6),
    deaths=st.lists(st.integers(0, 40), max_size=5),
    stop_after=st.one_of(st.none(), st.integers(0, 3)),
)
def test_whoever_dies_whenever_nothing_is_acted_on_twice_and_everything_is_accounted_for(
    dynamodb: Any, size: int, deaths: list[int], stop_after: int | None
) -> None:
    scene = Scene(BulkStore(dynamodb, TABLE), found=[workflow(number) for number in range(size)])
    bulk_id = scene.started()
    for number, death in enumerate([*deaths, None]):
        if stop_after == number:
            with suppress(Conflict):  # it may be over
                scene.desk.stop(bulk_id, OLGA, reason="enough")
        scene.kill_in = death
        try:
            scene.work(bulk_id)
        except Killed:
            scene.now += LEASE + timedelta(seconds=1)
        scene.kill_in = None
    bulk, entries, _ = scene.desk.read(bulk_id, limit=100, cursor=None)
    times = Counter(one[0] for one in scene.acted)
    assert max(times.values(), default=0) <= 1
    assert bulk.status in {BulkStatus.COMPLETED, BulkStatus.STOPPED}
    for one in entries:
        if one.result is Result.DONE:
            assert times[one.workflow_id] == 1
        if one.result is Result.NOT_STARTED:
            assert times[one.workflow_id] == 0
        assert one.result in {Result.DONE, Result.NOT_STARTED, Result.UNKNOWN}
    if bulk.status is BulkStatus.COMPLETED:
        assert not any(one.result is Result.NOT_STARTED for one in entries)
    settled = Counter(one.result.value for one in entries if one.result is not Result.NOT_STARTED)
    assert dict(bulk.counts) == dict(settled)
    assert bulk.not_started == size - sum(settled.values())
