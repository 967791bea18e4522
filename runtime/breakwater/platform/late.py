"""What not every call needs is made when it is first used: clients of AWS, and whole engines.

At a cold start somebody waits. A client costs it some ten milliseconds, as botocore reads the
model of its whole service; modules are compiled, as a function's folder cannot be written to.
What every call needs is made at once, though: while a function starts it has a whole processor,
later only the share that its memory pays for.

Clients are all of boto3's default session (`boto3.client`): what they share is read once.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar, cast

Thing = TypeVar("Thing")
MAKING = RLock()
"""One session makes one client at a time; and what is made may need what is late itself."""


class _Late:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            with MAKING:
                if self._made is None:
                    self._made = self._make()
        return getattr(self._made, name)


def when_used(make: Callable[[], Thing]) -> Thing:
    """What `make` makes, to whoever uses its attributes; made at the first use, once."""
    return cast("Thing", _Late(make))
