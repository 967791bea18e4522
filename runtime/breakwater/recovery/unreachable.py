"""AWS did not tell what was asked: the reason, as a person needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError


class Unreachable(Exception):
    """A question that AWS did not answer; the message is the reason in full."""

    def __init__(self, reason: str, code: str = "") -> None:
        # What AWS says ends with a full stop or not; the sentence that it is put into has its own.
        self.reason = reason.rstrip(". ")
        super().__init__(self.reason)
        self.code = code
        """AWS's own code, where it answered with one."""


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Turn whatever AWS refuses, or does not answer in time, into a reason."""
    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        code, message = told.get("Code", ""), told.get("Message", "")
        reason = f"{what} was answered with {code or 'an error'}"
        raise Unreachable(f"{reason}: {message}" if message else reason, code) from error
    except BotoCoreError as error:
        raise Unreachable(f"{what} was not answered: {error}") from error
