"""Clients of AWS that not every call needs: each is made when it is first asked something.

A cold start has somebody waiting, and a client costs it ten milliseconds or more: botocore reads
the whole model of its service. What every call needs is made at once, by `boto3.client`: while a
function starts it has a whole processor, later only the share that its memory pays for.
All are of boto3's default session, so what they have in common is read once.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

Client = TypeVar("Client")
_MAKING = Lock()
"""One session makes one client at a time."""


class _Late:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._client: Any = None

    def __getattr__(self, name: str) -> Any:
        with _MAKING:
            if self._client is None:
                self._client = self._make()
        return getattr(self._client, name)


def when_used(make: Callable[[], Client]) -> Client:
    """What `make` makes, to whoever uses it; made at its first use, once."""
    return cast("Client", _Late(make))
