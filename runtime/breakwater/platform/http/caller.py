"""The person behind the request that is being answered, and which request it is."""

from contextvars import ContextVar

from breakwater.platform.http.identity import Identity

_caller: ContextVar[Identity] = ContextVar("caller")
_request: ContextVar[str | None] = ContextVar("request", default=None)


def caller() -> Identity:
    """Who asks. Only while a request is answered."""
    return _caller.get()


def request_mark() -> str | None:
    """The same for a request that is sent again with its Idempotency-Key, another for any other:
    what it starts can be named by it, so that it starts once whatever dies in between.
    """
    return _request.get()


def answer_for(identity: Identity, request: str | None = None) -> None:
    """From here on, this person is the caller, and this the request."""
    _caller.set(identity)
    _request.set(request)
