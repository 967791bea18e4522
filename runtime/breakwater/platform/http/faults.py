"""AWS refuses for now, or does not answer: worth trying again, so not our fault but a 503."""

from collections.abc import Iterator

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from breakwater.platform.http.errors import Unavailable

_FOR_NOW = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


def unavailable(error: BaseException) -> Unavailable | None:
    """What to answer, if that is what is behind this error; None for any other."""
    for one in _causes(error):
        if isinstance(one, ClientError):
            if one.response.get("Error", {}).get("Code") in _FOR_NOW:
                return _answer("is asked too much at this moment")
        elif isinstance(one, NoConnection | HTTPClientError):
            return _answer("did not answer in time")
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _answer(what: str) -> Unavailable:
    return Unavailable(
        f"Something that this needs {what}. Look whether it was done, and try again.",
        headers={"Retry-After": "2"},
    )
