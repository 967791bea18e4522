"""What AWS refuses when somebody acts, as the API says it. Pure."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from breakwater.platform.http.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
)

RETRY_AFTER = 5
_LATER = {"Retry-After": str(RETRY_AFTER)}


def refused(operation: str, about: str, error: ClientError) -> ApiError:
    """The error to raise.

    :param about: the ARN that the call was about.
    """
    code, told = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    if code == "ValidationException" and operation == "StopExecution":
        return Conflict(f"It is over already: {told}")
    say = _SAID.get(code)
    if say is not None:
        return say(operation, about, told)
    return Unavailable(
        f"Step Functions refused {operation} of {about}: {code} {told} This call changed nothing.",
        headers=_LATER,
    )


def silent(operation: str) -> Unavailable:
    """It gave no answer at all."""
    return Unavailable(
        f"Step Functions did not answer {operation}. It may have been done all the same: look, and "
        "ask again; what was done is not done twice.",
        headers=_LATER,
    )


def code_of(error: ClientError) -> str:
    """AWS's own word for what is wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _throttled(operation: str, _about: str, _told: str) -> ApiError:
    return Unavailable(
        f"AWS throttles {operation} in this account at this moment. This call changed nothing; try "
        f"again in {RETRY_AFTER} seconds.",
        headers=_LATER,
    )


def _denied(operation: str, about: str, _told: str) -> ApiError:
    return Forbidden(
        f"AWS does not let Breakwater call states:{operation} for {about}. New executions may be "
        "started only of state machines that carry the tag breakwater:actions=allow; another "
        "policy of the account may forbid it, too."
    )


def _no_machine(_operation: str, about: str, _told: str) -> ApiError:
    return Conflict(f"The state machine {about} is deleted: nothing new can be started of it.")


def _unfit(place: str) -> Callable[[str, str, str], ApiError]:
    def say(_operation: str, _about: str, told: str) -> ApiError:
        return Unprocessable(
            f"Step Functions refuses the {place}: {told}",
            details=[{"place": place, "code": "refused", "problem": told}],
        )

    return say


def _not_redrivable(_operation: str, _about: str, told: str) -> ApiError:
    return Conflict(f"AWS does not redrive it: {told}", details={"awsReason": told})


def _gone(_operation: str, about: str, _told: str) -> ApiError:
    return Gone(f"Step Functions knows {about} no longer: nothing can be done with it.")


def _full(_operation: str, _about: str, _told: str) -> ApiError:
    return Unavailable(
        "The account has as many open executions as AWS allows. End some, or have the quota "
        "raised; nothing was changed.",
        headers={"Retry-After": "60"},
    )


def _no_arn(_operation: str, about: str, _told: str) -> ApiError:
    return NotFound(f"{about!r} names nothing that Step Functions knows.")


_SAID: dict[str, Callable[[str, str, str], ApiError]] = {
    "ThrottlingException": _throttled,
    "Throttling": _throttled,
    "TooManyRequestsException": _throttled,
    "RequestLimitExceeded": _throttled,
    "KmsThrottlingException": _throttled,
    "AccessDeniedException": _denied,
    "AccessDenied": _denied,
    "KmsAccessDeniedException": _denied,
    "StateMachineDoesNotExist": _no_machine,
    "StateMachineDeleting": _no_machine,
    "ResourceNotFound": _no_machine,
    "ExecutionNotRedrivable": _not_redrivable,
    "ExecutionDoesNotExist": _gone,
    "ExecutionLimitExceeded": _full,
    "InvalidExecutionInput": _unfit("input"),
    "InvalidName": _unfit("name"),
    "InvalidArn": _no_arn,
}
