"""Histories that cannot be read: why, and who is asked again."""

import pytest

from breakwater.platform.http.errors import Forbidden, NotFound, Unavailable
from breakwater.workflows.rollups.contribution import History
from breakwater.workflows.rollups.histories import Histories
from tests.unit.workflows.rollups.counting import ROWS, Unreadable


class TestHistories:
    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (Unavailable("busy"), History.NO_BUDGET),
            (NotFound("gone"), History.GONE),
            (Forbidden("no"), History.DENIED),
        ],
    )
    def test_why_there_is_none_is_told(self, error: Exception, why: History) -> None:
        assert Histories(Unreadable(error)).of(ROWS[0].execution_arn) is why

    def test_after_the_first_refusal_nobody_is_asked_until_the_next_batch(self) -> None:
        reading = Unreadable(Unavailable("busy"))
        histories = Histories(reading)
        for row in (ROWS[0], ROWS[4]):
            assert histories.of(row.execution_arn) is History.NO_BUDGET
        assert reading.asked == 1
        histories.begin()
        histories.of(ROWS[0].execution_arn)
        assert reading.asked == 2

    @pytest.mark.parametrize(
        "arn", ["custom.shop.17", "arn:aws:states:eu-west-1:111122223333:express:m:n:u"]
    )
    def test_what_keeps_no_history_is_not_asked_for(self, arn: str) -> None:
        reading = Unreadable(NotFound("gone"))
        assert Histories(reading).of(arn) is History.NONE
        assert reading.asked == 0
