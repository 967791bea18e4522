"""What the errors of Step Functions mean, and what to do; for an operator at three in the morning.

The names are those of the Amazon States Language page "Error names". An error of a service
(`Lambda.TooManyRequestsException`) is found by its beginning or its end.
"""

from typing import NamedTuple


class Meaning(NamedTuple):
    """One error: what it means, and what to do now."""

    means: str
    advice: str


_BY_NAME = {
    "States.ALL": Meaning(
        "Any error at all: a wildcard of Retry and Catch, not an error that occurs by itself.",
        "Look at the cause: somebody reported an error under this name.",
    ),
    "States.BranchFailed": Meaning(
        "A branch of a Parallel state failed, and with it the whole state.",
        "Open the branch that failed; its last step has the cause.",
    ),
    "States.DataLimitExceeded": Meaning(
        "A payload was larger than 256 KiB, the limit of a state's input, output or variables.",
        "Put the data into S3 and pass its address. States.ALL does not catch this: name it.",
    ),
    "States.ExceedToleratedFailureThreshold": Meaning(
        "More items of a distributed Map failed than it tolerates.",
        "Open the Map Run and look at its failed executions; then redrive, or raise the tolerance.",
    ),
    "States.HeartbeatTimeout": Meaning(
        "The task sent no heartbeat within HeartbeatSeconds.",
        "Was the worker alive? If it was only slow, send heartbeats more often or allow longer.",
    ),
    "States.Http.Socket": Meaning(
        "An HTTP task got no answer: the connection broke, or 60 seconds went by.",
        "Check that the endpoint is up and answers within 60 seconds; retry this error.",
    ),
    "States.IntrinsicFailure": Meaning(
        "An intrinsic function (States.Format and its like) could not work with what it was given.",
        "Compare the state's input with the function's arguments in the definition.",
    ),
    "States.ItemReaderFailed": Meaning(
        "A distributed Map could not read its items.",
        "Check that the S3 object is there, and that the state machine's role may read it.",
    ),
    "States.NoChoiceMatched": Meaning(
        "No rule of a Choice state matched its input, and it has no Default.",
        "Look at the state's input; then add the rule that is missing, or a Default.",
    ),
    "States.ParameterPathFailure": Meaning(
        "A path in Parameters does not lead to anything in the state's input.",
        "Compare the path that the cause names with the state's input.",
    ),
    "States.Permissions": Meaning(
        "The state machine's role may not do what the task wants.",
        "Add the action that the cause names to the state machine's role, then redrive.",
    ),
    "States.QueryEvaluationError": Meaning(
        "A JSONata expression could not be evaluated, or gave something of the wrong type.",
        "The cause quotes the expression and its place: compare it with the state's input.",
    ),
    "States.ResultPathMatchFailure": Meaning(
        "ResultPath cannot be applied to the state's input: it is no object at that place.",
        "Compare ResultPath with the state's input.",
    ),
    "States.ResultWriterFailed": Meaning(
        "A distributed Map could not write its results.",
        "Check that the S3 bucket is there, and that the state machine's role may write to it.",
    ),
    "States.Runtime": Meaning(
        "The definition asks for something that is not there, such as a path that leads nowhere.",
        "It is never retried nor caught by States.ALL. Correct the definition or the input, and "
        "start again: a redrive would meet the same definition.",
    ),
    "States.TaskFailed": Meaning(
        "A task failed, and reported nothing more exact.",
        "Open the failed attempt: the cause, and the logs of what it called, say more.",
    ),
    "States.Timeout": Meaning(
        "A state or the whole execution took longer than its TimeoutSeconds, or a heartbeat "
        "did not come in time.",
        "See in the attempts how long it took before. If what it waits for still runs, let it "
        "end before a redrive; if it was only slow, allow longer.",
    ),
}
_BY_END = {
    "TooManyRequestsException": Meaning(
        "The service refused the call because too many came at once.",
        "Retry it with backoff and jitter; look at the function's or account's concurrency.",
    ),
    "ThrottlingException": Meaning(
        "The service refused the call because too many came at once.",
        "Retry it with backoff and jitter; look at the account's quotas.",
    ),
    "AccessDeniedException": Meaning(
        "The role may not do what the task wants.",
        "Add the action that the cause names to the state machine's role, then redrive.",
    ),
    "ResourceNotFoundException": Meaning(
        "What the task calls does not exist.",
        "Was it renamed or deleted? Compare the name in the cause with what is deployed.",
    ),
    "ExecutionAlreadyExists": Meaning(
        "A nested execution of this name was started before, with other input or already ended.",
        "Look at that execution first; start again under a new name.",
    ),
}
_BY_BEGINNING = {
    "Lambda.": Meaning(
        "The Lambda service could not run the function, or the function did not report an error.",
        "Usually passing: redrive. If it stays, look at the function's memory, timeout and logs.",
    ),
    "Sandbox.Timedout": Meaning(
        "The function took longer than its own timeout.",
        "Look at its log by the request id; then make it faster, or raise its timeout.",
    ),
    "States.": Meaning(
        "An error of Step Functions that this release does not know.",
        "The cause says more; the Step Functions documentation lists its error names.",
    ),
}
NOT_STOPPED_BY_ERROR = Meaning(
    "Somebody, or something, stopped the execution; nothing failed.",
    "CloudTrail tells who called StopExecution. A redrive goes on where it stopped.",
)
STOPPED_WITH_REASON = Meaning(
    "Somebody, or something, stopped the execution, and said why; nothing failed.",
    "Nothing, if that was meant. A redrive goes on where it stopped.",
)
_OWN = Meaning(
    "An error of the application: a function or a Fail state reported it under this name.",
    "Read the cause; the logs of the failed step say more.",
)
_NAMELESS = Meaning(
    "The execution failed without naming an error: a Fail state or a callback gave none.",
    "Look at the input of the step that failed.",
)


def meaning_of(error: str | None) -> Meaning:
    """What an error means; never nothing."""
    if error is None or not error:
        return _NAMELESS
    if error in _BY_NAME:
        return _BY_NAME[error]
    for table, fits in ((_BY_END, str.endswith), (_BY_BEGINNING, str.startswith)):
        for key, meaning in table.items():
            if fits(error, key):
                return meaning
    return _OWN
