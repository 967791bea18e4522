"""What an answer to StartRecovery means: asked again later, looked for, or given up."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from breakwater.recovery.engine.drs_recovery import DrsRecovery
from breakwater.recovery.engine.recovery_service import Refused, TooFast, Unclear
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.made import HERE


class Accounts:
    """An account whose DRS gives this answer."""

    def __init__(self, answer: Exception) -> None:
        self._answer = answer

    def client(self, service: str, target: Target, *, once: bool = False) -> Any:
        if isinstance(self._answer, Unreachable):
            raise self._answer
        return self

    def forget(self, target: Target) -> None:
        pass

    def start_recovery(self, **_: Any) -> Any:
        raise self._answer


def refusal(code: str, status: int) -> ClientError:
    told: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "StartRecovery")


def started(answer: Exception) -> None:
    DrsRecovery(Accounts(answer)).start(HERE, ["s-1"], is_drill=True, tags={})


def test_an_account_that_does_not_let_us_in_fails_no_server() -> None:
    with pytest.raises(TooFast, match="AssumeRole"):
        started(Unreachable("sts AssumeRole was not answered"))


@pytest.mark.parametrize(
    ("code", "status", "means"),
    [
        ("RequestLimitExceeded", 429, TooFast),
        ("InternalServerException", 500, Unclear),
        ("ServiceUnavailable", 503, Unclear),
        ("AccessDeniedException", 403, Refused),
    ],
)
def test_a_refusal_is_told_from_what_passes(code: str, status: int, means: type[Exception]) -> None:
    with pytest.raises(means, match=code):
        started(refusal(code, status))


@pytest.mark.parametrize(
    ("code", "about_servers"), [("ValidationException", True), ("AccessDeniedException", False)]
)
def test_a_refusal_that_may_be_about_one_server_is_told_as_such(
    code: str, about_servers: bool
) -> None:
    with pytest.raises(Refused) as refused:
        started(refusal(code, 400))
    assert refused.value.about_servers is about_servers
