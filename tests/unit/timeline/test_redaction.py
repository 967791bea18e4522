"""A task token never leaves; neither do the values of keys that somebody configured."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.timeline import reconstruct
from breakwater.timeline.chrome_export import timeline_chrome
from breakwater.timeline.csv_export import timeline_csv
from breakwater.timeline.execution_arn import execution_of_machine
from breakwater.timeline.otlp_export import timeline_otlp
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step_functions_view import Wanted, step_functions_view
from breakwater.timeline.text_tree import timeline_text
from breakwater.timeline.timeline import Timeline
from tests.unit.timeline.written import Events, events, named

SHORT = "tok+en/0f2c-41d8-a5b1-77f0e1c2d3b4=="
LONG = "AQCEAAAAKgAAAAMAAAAAAAAAAR" + "x9/Z+" * 120
SECRET = "hunter2 is the word"
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:Ask"


def told_everywhere(token: str, key: str) -> Events:
    """A history in which a token, and a secret, went wherever they could."""
    inner = json.dumps({"deep": json.dumps({"again": token, "password": SECRET})})
    given = json.dumps({"password": SECRET, "n": 1})
    spread = json.dumps(
        {"link": f"https://x.test/answer?t={quote(token, safe='')}&z=1", "copy": [inner, token]}
    )
    resource = {"resource": "invoke.waitForTaskToken", "resourceType": "lambda"}
    parameters = json.dumps({"FunctionName": "ask", "Payload": {key: token, "body": inner}})
    cause = json.dumps({"errorType": "E", "errorMessage": f"bad {token}", "stackTrace": [token]})
    return events(
        ("ExecutionStarted", 0, {"input": given}),
        ("TaskStateEntered", 0, named("Ask", input=given)),
        ("TaskScheduled", 2, {**resource, "parameters": parameters}),
        ("TaskStarted", 3, resource),
        ("TaskSubmitted", 4, {**resource, "output": spread}),
        ("TaskFailed", 5, {**resource, "error": "E", "cause": cause}),
        ("TaskStateExited", 6, named("Ask", output=spread)),
        (
            "PassStateEntered",
            7,
            named("Next", input=f"prose with {token} and password: {SECRET!r}"),
        ),
        ("ExecutionFailed", 8, {"error": f"E {token}", "cause": cause}),
    )


def written_forms(token: str) -> list[str]:
    once = json.dumps(token)[1:-1]
    return [token, quote(token, safe=""), once, json.dumps(once)[1:-1]]


def all_exports(timeline: Timeline) -> dict[str, str]:
    keys = ("Password",)
    execution = execution_of_machine(MACHINE, "run-1")
    view = step_functions_view(timeline, {}, execution, Wanted(path="/x", events=True), keys=keys)
    whole = step_functions_view(timeline, {}, execution, Wanted(path="/x", step=1), keys=keys)
    return {
        "json": json.dumps(timeline.to_json(keys=keys)),
        "otlp": json.dumps(timeline_otlp(timeline, keys=keys)),
        "chrome": json.dumps(timeline_chrome(timeline, keys=keys)),
        "csv": timeline_csv(timeline, keys=keys),
        "text": timeline_text(timeline, keys=keys),
        "route": json.dumps(view),
        "whole": json.dumps(whole),
        "repr": repr(timeline),
    }


DEFINITION = {
    "StartAt": "Ask",
    "States": {
        "Ask": {"Type": "Task", "Parameters": {"Payload": {"answerAt.$": "$$.Task.Token"}}},
        "Next": {"Type": "Pass", "End": True},
    },
}


@pytest.mark.parametrize(
    ("token", "key", "definition"),
    [
        (SHORT, "taskToken", None),
        (SHORT, "Token", None),
        (SHORT, "answerAt", DEFINITION),
        (SHORT, "answerAt", None),
        (LONG, "anything", None),
        (LONG, "taskToken", None),
    ],
)
def test_neither_token_nor_secret_is_in_any_export(
    token: str, key: str, definition: object
) -> None:
    history = told_everywhere(token, key)
    assert token in str(history)
    timeline = reconstruct(history, definition)  # type: ignore[arg-type]
    for name, exported in all_exports(timeline).items():
        for form in written_forms(token):
            assert form not in exported, name
        assert SECRET not in exported, name


def test_without_a_configured_key_payloads_are_as_they_were() -> None:
    history = told_everywhere(SHORT, "taskToken")
    assert SECRET in json.dumps(reconstruct(history).to_json())
    text = '{"a": 1, "tokens": "x", "b": [true, null]}'
    assert Redaction(keys=["other"]).text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"PassWord": "S3CRET"}',
        '{"a": [{"password": {"b": "S3CRET"}}]}',
        '{"a": "{\\"password\\": \\"S3CRET\\"}"}',
        '"{\\"password\\": \\"S3CRET\\"}"',
        'broken {"password": "S3CRET',
        'broken {"password": {"deep": ["S3CRET"',
        "password=S3CRET and more",
        "{'password': 'S3CRET', 'b': 2}",
        "password => S3CRET",
        '{"pass\\u0077ord": "S3CRET"}',
        'failed: {"password": "a\\"S3CRET"} in the end',
        'failed: {\\"password\\": \\"a\\\\\\"S3CRET\\"} in the end',
        "https://x.test/?password%3DS3CRET&b=1",
    ],
)
def test_a_configured_key_is_found_wherever_it_stands(text: str) -> None:
    assert "S3CRET" not in str(Redaction(keys=["password"]).text(text))


def test_one_text_is_no_list_of_keys() -> None:
    with pytest.raises(TypeError, match="list"):
        Redaction(keys="password")


LEAVES = st.none() | st.integers() | st.text(max_size=8)
FLAT = LEAVES | st.lists(LEAVES, max_size=3)
JSON = FLAT | st.lists(FLAT, max_size=3) | st.dictionaries(st.text(max_size=6), FLAT, max_size=3)


@given(JSON, st.integers(0, 3))
def test_a_secret_is_gone_however_deep_and_however_often_it_is_quoted(
    around: object, quoted: int
) -> None:
    value: object = {"around": around, "list": [{"password": "S3CRET", "t": SHORT}]}
    for _ in range(quoted):
        value = {"text": json.dumps(value)}
    text = str(Redaction(tokens=[SHORT], keys=["password"]).text(json.dumps(value)))
    assert "S3CRET" not in text
    assert all(form not in text for form in written_forms(SHORT))
    json.loads(text)


def asked(parameters: object, *, cause: str = "late", definition: object = None) -> Timeline:
    """A task that waited with these parameters, and failed with this cause."""
    call = {"resource": "invoke.waitForTaskToken", "resourceType": "lambda"}
    history = events(
        ("ExecutionStarted", 0),
        ("TaskStateEntered", 0, named("Ask", input="{}")),
        ("TaskScheduled", 2, {**call, "parameters": json.dumps(parameters)}),
        ("TaskFailed", 3, {**call, "error": "E", "cause": cause}),
        ("ExecutionFailed", 4, {"error": "E", "cause": cause}),
    )
    return reconstruct(history, definition)  # type: ignore[arg-type]


UUID = "0f2c3a4b-41d8-4a5b-9c77-77f0e1c2d3b4"
IN_A_LINK = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Parameters": {"Payload": {"at.$": "States.Format('https://x/{}', $$.Task.Token)"}},
            "End": True,
        }
    },
}


@pytest.mark.parametrize("token", [UUID, LONG])
@pytest.mark.parametrize(
    ("written", "definition"),
    [
        ('{"at": "https://x.test/answer?t=%s"}', None),
        ('{"at": "https://x.test/answer/%s/yes"}', None),
        ('{"at": "https://x/%s"}', IN_A_LINK),
        ('{"body": "Please answer with %s today"}', None),
        ('{"body": "Please answer with t=%s today"}', None),
        ('{"token": "another-secret", "answerAt": "%s"}', None),
        ('{"taskTokens": ["%s"]}', None),
        ('{"taskToken": {"value": "%s"}}', None),
    ],
)
def test_a_token_is_learned_from_wherever_a_task_puts_it(
    token: str, written: str, definition: object
) -> None:
    parameters = {"Payload": json.loads(written % token)}
    timeline = asked(parameters, cause=f"no answer for {token}", definition=definition)
    assert token in str(timeline.events)
    for name, exported in all_exports(timeline).items():
        assert all(form not in exported for form in written_forms(token)), name


@pytest.mark.parametrize(
    "cause",
    [
        "x" * 260 + UUID,
        json.dumps({"errorMessage": "m", "requestId": UUID, "trace": [UUID]}),
        json.dumps({"ExecutionArn": f"arn:{UUID}", "StateMachineArn": UUID, "Error": UUID}),
    ],
)
def test_not_half_a_token_stays_in_what_is_told_of_a_failure(cause: str) -> None:
    for name, exported in all_exports(asked({"taskToken": UUID}, cause=cause)).items():
        assert UUID[:12] not in exported, name


def test_a_host_or_a_function_in_a_link_is_no_token() -> None:
    host = "a-very-long-name-of-a-host-that-nobody-hides.example.com"
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:a-very-long-name-of-a-function"
    told = str(asked({"FunctionName": arn, "at": f"https://{host}/{UUID}"}).to_json())
    assert host in told
    assert arn in told
    assert UUID not in told
