"""The person behind the request that is being answered."""

from contextvars import ContextVar

from breakwater.platform.http.identity import Identity

_caller: ContextVar[Identity] = ContextVar("caller")


def caller() -> Identity:
    """Who asks. Only while a request is answered."""
    return _caller.get()


def answer_for(identity: Identity) -> None:
    """From here on, this person is the caller."""
    _caller.set(identity)
