"""Why an execution failed: in words, with what to do, and the same for the same failure."""

import json
from typing import Any

import pytest

from breakwater.timeline import reconstruct
from breakwater.timeline.error_meanings import meaning_of
from breakwater.timeline.failure import Failure
from breakwater.timeline.fingerprint import fingerprint, without_what_differs
from tests.unit.timeline.written import events, named

CALL = {"resource": "invoke", "resourceType": "lambda"}


def failing(error: str | None, cause: str | None, name: str = "Work") -> Failure:
    told: dict[str, Any] = {"error": error, "cause": cause}
    timeline = reconstruct(
        events(
            ("ExecutionStarted", 0),
            ("TaskStateEntered", 0, named(name)),
            ("TaskScheduled", 2, CALL),
            ("TaskFailed", 3, {**CALL, **told}),
            ("ExecutionFailed", 4, told),
        )
    )
    assert timeline.failure is not None
    return timeline.failure


def lambda_cause(message: str, request: str) -> str:
    line = '  File "/var/task/wave.py", line 12, in start\n'
    return json.dumps(
        {
            "errorMessage": message,
            "errorType": "ServerGone",
            "requestId": request,
            "stackTrace": [line],
        }
    )


def test_a_lambda_error_is_taken_apart() -> None:
    failure = failing("ServerGone", lambda_cause("server s-1 is gone", "8a6b-11"))
    assert failure.lambda_error is not None
    assert failure.lambda_error.error_type == "ServerGone"
    assert failure.lambda_error.message == "server s-1 is gone"
    assert failure.lambda_error.request_id == "8a6b-11"
    assert failure.lambda_error.stack == ('  File "/var/task/wave.py", line 12, in start',)
    assert failure.message == "Failed in Work: ServerGone: server s-1 is gone"


@pytest.mark.parametrize(
    "cause", ['{"errorMessage":', "{}", "[]", '{"errorType": {"a": 1}}', "é", ""]
)
def test_any_cause_gives_a_failure(cause: str | None) -> None:
    assert failing("E", cause).cause == cause


def test_the_same_failure_has_one_fingerprint_in_every_run() -> None:
    one = lambda_cause(
        "server i-0abc123def4567890 of 3f2c1b9a-1c2d-4e5f-8a9b-0c1d2e3f4a5b lost at "
        "2026-03-01T03:00:00.123Z after 17.5 s (arn:aws:drs:eu-west-1:111122223333:job/a1b)",
        "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
    )
    other = lambda_cause(
        "server i-0fff999eee8888777 of 99999999-aaaa-4bbb-8ccc-dddddddddddd lost at "
        "2027-12-31T23:59:59Z after 4 s (arn:aws:drs:us-east-1:444455556666:job/c3)",
        "cccccccc-1111-4222-8333-dddddddddddd",
    )
    assert failing("ServerGone", one).fingerprint == failing("ServerGone", other).fingerprint


@pytest.mark.parametrize(
    ("error", "step", "cause"),
    [("Other", "Work", "it broke"), ("E", "Elsewhere", "it broke"), ("E", "Work", "it burned")],
)
def test_another_error_step_or_cause_is_another_failure(error: str, step: str, cause: str) -> None:
    assert fingerprint("E", "Work", "it broke") != fingerprint(error, step, cause)


def test_words_stay_in_a_fingerprint() -> None:
    text = "The function could not decade the facade after 12 tries"
    assert without_what_differs(text) == "The function could not decade the facade after <n> tries"


def test_every_error_has_a_meaning_and_advice() -> None:
    for error in ("States.Timeout", "States.Permissions", "States.Runtime", "States.TaskFailed"):
        assert meaning_of(error) != meaning_of("MyOwnError")
    assert meaning_of("Lambda.TooManyRequestsException").advice.startswith("Retry")
    assert meaning_of("States.InventedNextYear").means.startswith("An error of Step Functions")
    for any_error in (None, "", "MyOwnError", "Lambda.Unknown"):
        assert meaning_of(any_error).means
        assert meaning_of(any_error).advice


def test_a_stopped_execution_is_told_as_stopped() -> None:
    timeline = reconstruct(
        events(
            ("ExecutionStarted", 0), ("WaitStateEntered", 0, named("Wait")), ("ExecutionAborted", 0)
        )
    )
    assert timeline.failure is not None
    assert timeline.failure.message == "Stopped in Wait"
    assert "StopExecution" in timeline.failure.meaning.advice


def test_an_execution_out_of_time_names_where_it_was() -> None:
    timeline = reconstruct(
        events(
            ("ExecutionStarted", 0),
            ("WaitStateEntered", 0, named("Wait")),
            ("ExecutionTimedOut", 2),
        )
    )
    assert timeline.failure is not None
    assert (timeline.failure.step_name, timeline.failure.status) == ("Wait", "TIMED_OUT")
    assert timeline.steps[0].status == "timedOut"


def test_executions_in_executions_without_end_are_followed_for_a_while() -> None:
    cause = "the bottom"
    for depth in range(50):
        cause = json.dumps({"ExecutionArn": f"arn:{depth}", "Error": "E", "Cause": cause})
        if len(cause) > 200_000:
            break
    assert 1 < len(failing("States.TaskFailed", cause).levels) <= 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Request ID: TX1N8W4GZ9QKX3M2; no", "Request ID: 4HS7DN2LQ0VBC5P8; no"),
        ("run 20261120-173258-6799d32a", "run 20261121-083258-12345678"),
        ("since Fri Nov 20 03:00:00 UTC 2026", "since Sat May 2 13:01:00 UTC 2026"),
        ("until Fri, 20 Nov 2026 03:00:00 GMT", "until Sat, 2 May 2026 13:01:00 GMT"),
        ("after 1.5e-05 s", "after 20 s"),
        (
            "arn:aws:states:eu-west-1:111122223333:execution:Plan:monday",
            "arn:aws:states:us-east-1:444455556666:execution:Plan:again",
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/Engine/one may not",
            "arn:aws-cn:sts::444455556666:assumed-role/Engine/two may not",
        ),
    ],
)
def test_ids_and_times_of_any_look_do_not_make_another_failure(one: str, other: str) -> None:
    assert fingerprint("E", "Work", one) == fingerprint("E", "Work", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "no arn:aws:dynamodb:eu-west-1:111122223333:table/Orders",
            "no arn:aws:dynamodb:eu-west-1:111122223333:table/Users",
        ),
        ("https://a.example.com/x is down", "https://b.example.com/x is down"),
        ("/var/task/handler_v2_orders_all.py", "/var/task/handler_v2_users_all.py"),
        ("com/amazonaws/services/s3/Reading", "com/amazonaws/services/s3/Writing"),
        ("Maybe 3 are gone", "March 3 are gone"),
    ],
)
def test_what_a_failure_is_about_makes_another_failure(one: str, other: str) -> None:
    assert fingerprint("E", "Work", one) != fingerprint("E", "Work", other)


def test_a_caught_parallel_tells_what_it_caught() -> None:
    output = json.dumps({"Error": "Broken", "Cause": "on purpose"})
    timeline = reconstruct(
        events(
            ("ExecutionStarted", 0),
            ("ParallelStateEntered", 0, named("Both")),
            ("ParallelStateStarted", 2),
            ("FailStateEntered", 3, named("Stop")),
            ("ParallelStateFailed", 4),
            ("ParallelStateExited", 5, named("Both", output=output)),
        )
    )
    step = timeline.steps[0]
    assert (step.status, step.error, step.cause) == ("caught", "Broken", "on purpose")
