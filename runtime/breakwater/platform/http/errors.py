"""What can be wrong with a request, and how it is said: `{error: {code, message, details}}`.

Code anywhere raises one of these; exactly one place turns it into an answer. The message is for a
person and says what to do; `code` and `details` are for programs and stay as they are.
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class ApiError(Exception):
    """A request that cannot be fulfilled, said to whoever made it."""

    status: ClassVar[int]
    code: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        details: Sequence[dict[str, Any]] | dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details if details is not None else []
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


class BadRequest(ApiError):
    """The request itself is not understood: a field, a filter, a cursor."""

    status = 400
    code = "badRequest"


class NotSignedIn(ApiError):
    """No identity came with the request."""

    status = 401
    code = "notSignedIn"


class Forbidden(ApiError):
    """The role does not allow it; the message names the roles that do."""

    status = 403
    code = "forbidden"


class NotFound(ApiError):
    """No such thing."""

    status = 404
    code = "notFound"


class MethodNotAllowed(ApiError):
    """The thing is there; this cannot be done to it."""

    status = 405
    code = "methodNotAllowed"


class Conflict(ApiError):
    """Not now: somebody was faster, it is in use, or its state forbids it. Details say which."""

    status = 409
    code = "conflict"


class Gone(ApiError):
    """It was there, and is not kept any more."""

    status = 410
    code = "gone"


class TooLarge(ApiError):
    """The body is larger than any that makes sense."""

    status = 413
    code = "tooLarge"


class Unprocessable(ApiError):
    """Understood, and wrong: every problem is in the details, each with its place."""

    status = 422
    code = "invalid"


class TooManyRequests(ApiError):
    """The caller asks faster than agreed; the header Retry-After says when to go on."""

    status = 429
    code = "tooManyRequests"


class InternalError(ApiError):
    """Our fault. The message carries the request id, by which the log is found."""

    status = 500
    code = "internal"


class Unavailable(ApiError):
    """Something that we need did not answer; it is worth trying again."""

    status = 503
    code = "unavailable"
