"""Writes that happen together say themselves why they are refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from breakwater.platform.http.errors import Unavailable
from breakwater.platform.transaction import Write, write_together


class Cancelled(ClientError):
    def __init__(self, *codes: str) -> None:
        reasons = [{"Code": code} for code in codes]
        response: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": reasons,
        }
        super().__init__(response, "TransactWriteItems")


class Client:
    """Answers each call with the next of these; a code per action means cancelled."""

    class exceptions:  # noqa: N801 - boto3's name
        TransactionCanceledException = Cancelled

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.calls = 0

    def transact_write_items(self, TransactItems: Any) -> None:  # noqa: N803 - boto3's name
        self.calls += 1
        if self.answers:
            raise Cancelled(*self.answers.pop(0))


WRITES = [
    Write(action={"Put": 1}, refused=lambda: KeyError("first")),
    Write(action={"Put": 2}, refused=lambda: KeyError("second")),
]


def write(client: Client) -> None:
    write_together(client, WRITES, pause=lambda seconds: None)  # type: ignore[arg-type]


def test_the_action_whose_condition_fails_says_why() -> None:
    with pytest.raises(KeyError, match="second"):
        write(Client(("None", "ConditionalCheckFailed")))


def test_meeting_another_transaction_is_tried_again() -> None:
    client = Client(("TransactionConflict", "None"), ("None", "ThrottlingError"))
    write(client)
    assert client.calls == 3


def test_meeting_others_for_ever_is_told_and_changes_nothing() -> None:
    client = Client(*[("TransactionConflict", "None")] * 50)
    with pytest.raises(Unavailable, match="try again"):
        write(client)
    assert client.calls < 50


def test_a_refusal_of_another_kind_is_not_hidden() -> None:
    with pytest.raises(Cancelled):
        write(Client(("ValidationError", "None")))
