"""GET /executions/{executionId}/step-functions, behind all gates, over a fake of Step Functions."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from breakwater import contract
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.routes import step_functions
from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.console_links import console_links
from breakwater.timeline.execution_arn import execution_of_machine
from breakwater.timeline.known_runs import KnownRuns
from breakwater.timeline.reader import Reader
from breakwater.timeline.warm_timelines import WarmTimelines
from tests.unit.timeline.fake_step_functions import FakeStepFunctions, refusal
from tests.unit.timeline.recorded import CHECKOUT
from tests.unit.timeline.written import Events, events, named

MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:Plan:live"
ARN = "arn:aws:states:eu-west-1:111122223333:execution:Plan:run-1"
CALL = {"resource": "invoke.waitForTaskToken", "resourceType": "lambda"}
LARGE = json.dumps({"text": "é" * 5000})
WAITING: Events = events(
    ("ExecutionStarted", 0, {"input": "{}"}),
    ("PassStateEntered", 0, named("A", input=LARGE)),
    ("PassStateExited", 2, named("A", output="{}")),
    ("TaskStateEntered", 3, named("Ask", input="{}")),
    ("TaskScheduled", 4, {**CALL, "parameters": '{"taskToken": "AQC/secret-token-1"}'}),
)
CONTEXT = cast(Any, SimpleNamespace(aws_request_id="request-1", function_name="f"))


class Api:
    """The function, asked as the gateway does."""

    def __init__(self, dynamodb: Any) -> None:
        self.fake = FakeStepFunctions({ARN: WAITING})
        self.dynamodb = dynamodb
        reader = Reader(self.fake, CallBudget(), patience_seconds=0.01)
        self._application = HttpApplication(
            step_functions.routes(
                reader, WarmTimelines(reader), KnownRuns(dynamodb, "history"), MACHINE
            ),
            rate_limit=RateLimit(dynamodb, "requests", Allowance()),
            idempotency=Idempotency("requests"),
        )

    def get(self, run: str = "run-1", **query: str) -> tuple[int, dict[str, Any]]:
        path = f"/api/executions/{run}/step-functions"
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "queryStringParameters": query,
            "headers": {},
            "requestContext": {
                "stage": "api",
                "http": {"method": "GET", "path": path, "sourceIp": "198.51.100.7"},
                "authorizer": {
                    "jwt": {
                        "claims": {
                            "sub": "1",
                            "cognito:groups": "[viewer]",
                            "email": "v@x.y",
                            "token_use": "id",
                        }
                    }
                },
            },
            "isBase64Encoded": False,
        }
        answer = self.answered = self._application(event, CONTEXT)
        return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture
def api(dynamodb: Any) -> Api:
    return Api(dynamodb)


def test_an_execution_is_told_state_by_state(api: Api) -> None:
    status, body = api.get()
    assert status == 200, body
    assert body["executionArn"] == ARN
    assert body["stateMachineArn"].endswith(":stateMachine:Plan")
    assert (body["status"], body["startDate"]) == ("RUNNING", "2026-03-01T03:00:00.000Z")
    assert body["stopDate"] is None
    assert body["currentState"] == "Ask"
    assert body["totalEvents"] == 5
    assert body["events"] is None
    assert body["unplaced"] == 0
    assert [(state["name"], state["type"], state["status"]) for state in body["states"]] == [
        ("A", "Pass", "succeeded"),
        ("Ask", "Task", "running"),
    ]
    assert body["states"][0]["duration"] == 1.0


def test_payloads_are_cut_and_the_whole_is_one_link_away(api: Api) -> None:
    _, body = api.get()
    [first, second] = body["states"]
    assert first["inputTruncated"]
    assert len(first["input"].encode()) <= 4096
    assert not second["inputTruncated"]
    assert first["whole"] == "/executions/run-1/step-functions?step=1"
    _, body = api.get(step="1")
    assert [state["input"] for state in body["states"]] == [LARGE]
    assert not body["states"][0]["inputTruncated"]


def test_no_payload_is_read_when_none_is_asked_for(api: Api) -> None:
    _, body = api.get(payloads="false")
    assert [state["input"] for state in body["states"]] == [None, None]


def test_without_payloads_no_cause_carries_a_token(api: Api) -> None:
    token = "AQC/secret-token-1"
    late = {"resource": "invoke.waitForTaskToken", "resourceType": "lambda", "error": "Late"}
    cause = {"error": "Late", "cause": f"nobody answered {token}"}
    api.fake.histories[ARN] = [
        *WAITING,
        *events(
            *[("TaskStarted", 0, CALL)] * len(WAITING),
            ("TaskFailed", 5, {**late, **cause}),
            ("ExecutionFailed", 6, cause),
        )[len(WAITING) :],
    ]
    _, body = api.get(payloads="false", events="true")
    text = json.dumps(body)
    assert text.count("nobody answered") >= 3
    assert "secret-token-1" not in text
    assert body["states"][0]["input"] is None


def test_raw_events_come_when_asked_for_and_without_tokens(api: Api) -> None:
    _, body = api.get(events="true")
    assert [event["type"] for event in body["events"]] == [event["type"] for event in WAITING]
    assert "secret-token-1" in json.dumps(WAITING)
    assert "secret-token-1" not in json.dumps(body)
    _, body = api.get(events="true", eventsAfter="4")
    assert [event["id"] for event in body["events"]] == [5]


def test_large_answers_come_in_pages(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakwater.timeline.step_functions_view.PAGE_BYTES", 10)
    names, after = [], 0
    while after is not None:
        _, body = api.get(after=str(after))
        names += [state["name"] for state in body["states"]]
        after = body["nextAfter"]
    assert names == ["A", "Ask"]


LARGEST = 6_291_556
"""Bytes that Lambda hands on at most, of an answer in which the body is text."""


@pytest.mark.parametrize(
    "payload",
    [
        json.dumps({f"k{number}": number for number in range(350)}),
        json.dumps({"quotes": ['"'] * 800}),
        json.dumps(json.dumps(json.dumps({f"k{number}": "v" for number in range(120)}))),
        json.dumps({"text": "é" * 1900}, ensure_ascii=False),
    ],
)
def test_no_answer_is_larger_than_a_function_may_give(api: Api, payload: str) -> None:
    lines: list[tuple[Any, ...]] = [("ExecutionStarted", 0)]
    for _ in range(1000):
        lines.append(("PassStateEntered", 0, named("A", input=payload)))
        lines.append(("PassStateExited", len(lines), named("A", output=payload)))
    api.fake.histories[ARN] = events(*lines)
    status, body = api.get(events="true")
    assert status == 200
    assert 2_000_000 < len(json.dumps(api.answered)) < LARGEST
    assert body["nextAfter"] is not None
    assert body["nextEventsAfter"] is not None


def test_half_characters_in_a_payload_do_not_blank_the_page(api: Api) -> None:
    api.fake.histories[ARN] = events(
        ("ExecutionStarted", 0, {"input": "\ud800"}),
        ("TaskStateEntered", 0, named("A\udfff", input='"\ud800 and more"')),
        ("TaskScheduled", 2, {}),
        ("TaskFailed", 3, {"error": "\ud800", "cause": "\ud800"}),
    )
    status, body = api.get(events="true")
    assert status == 200, body
    assert body["states"][0]["input"] == '"? and more"'
    assert body["currentStates"] == ["A?"]


@pytest.mark.parametrize(
    ("partition", "region", "home"),
    [
        ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"),
        ("aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"),
    ],
)
def test_links_lead_to_the_console_of_the_partition(partition: str, region: str, home: str) -> None:
    machine = f"arn:{partition}:states:{region}:111122223333:stateMachine:Plan"
    execution = execution_of_machine(machine, "run-1")
    group = f"arn:{partition}:logs:{region}:111122223333:log-group:/plan:*"
    links = console_links(execution, log_group_arn=group, started=None, stopped=None)
    for link in (links.console, links.logs, links.logs_insights):
        assert link is not None
        assert link.startswith(home)
        assert f"region={region}#" in link
    assert links.console.endswith(str(execution))


def test_links_lead_to_the_console_the_logs_and_a_query(api: Api) -> None:
    links = api.get()[1]["links"]
    assert links["console"] == (
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
        f"#/v2/executions/details/{ARN}"
    )
    assert links["logs"].endswith("#logsV2:log-groups/log-group/$252Fstates$252Fplan")
    assert "queryDetail$3D~(" in links["logsInsights"]
    assert "~source~(~'*2fstates*2fplan))" in links["logsInsights"]
    assert f'filter execution_arn = "{ARN}"' in links["logsInsightsQuery"]


def test_the_query_of_what_still_runs_ends_after_what_is_known(api: Api) -> None:
    query = api.get()[1]["links"]["logsInsights"]
    assert "~(end~'2026-03-01T04*3a00*3a05.000Z~start~'2026-03-01T03*3a00*3a00.000Z~" in query
    assert "~timeType~'ABSOLUTE~" in query


def test_a_machine_that_logs_nothing_has_no_links_to_logs(api: Api) -> None:
    api.fake.log_group = None
    links = api.get()[1]["links"]
    assert (links["logs"], links["logsInsights"]) == (None, None)


def test_a_run_that_nobody_knows_is_404(api: Api) -> None:
    status, body = api.get("other")
    assert (status, body["error"]["code"]) == (404, "notFound")
    assert "no such run" in body["error"]["message"]


@pytest.mark.parametrize(("known", "expected"), [("COMPLETED", 410), ("PENDING", 404)])
def test_a_run_that_aws_keeps_no_longer_is_410(api: Api, known: str, expected: int) -> None:
    api.dynamodb.put_item(
        TableName="history",
        Item={
            "executionId": {"S": "old"},
            "itemKey": {"S": "EXECUTION"},
            "status": {"S": known},
        },
    )
    status, body = api.get("old")
    assert status == expected
    if expected == 410:
        assert "90 days" in body["error"]["message"]
        assert "GET /executions/old" in body["error"]["message"]


def test_what_aws_does_not_allow_is_403(api: Api) -> None:
    api.fake.refuse = ["AccessDeniedException"]
    status, body = api.get()
    assert status == 403
    assert "states:DescribeExecution" in body["error"]["message"]


def test_too_much_asked_is_503(api: Api) -> None:
    api.fake.refuse = ["ThrottlingException"] * 50
    assert api.get()[0] == 503


def test_without_the_definition_the_steps_are_told_all_the_same(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: Any) -> None:
        raise refusal("ThrottlingException")

    monkeypatch.setattr(api.fake, "describe_state_machine_for_execution", busy)
    status, body = api.get()
    assert (status, body["partial"], len(body["states"])) == (200, True, 2)


@pytest.mark.parametrize("query", [{"step": "0"}, {"after": "-1"}, {"step": "x"}])
def test_a_query_that_makes_no_sense_is_400(api: Api, query: dict[str, str]) -> None:
    assert api.get(**query)[0] == 400


def test_a_state_that_is_not_there_is_404(api: Api) -> None:
    assert api.get(step="99")[0] == 404


@pytest.mark.parametrize(
    ("arn", "said"),
    [("", "RECOVERY_STATE_MACHINE_ARN is not set"), ("x", "no state machine's ARN")],
)
def test_without_the_state_machines_arn_the_function_does_not_start(arn: str, said: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT / "runtime"),
        "AWS_DEFAULT_REGION": "eu-west-1",
        contract.REQUESTS.variable: "requests",
        contract.EXECUTION_HISTORY.variable: "history",
        contract.STATE_MACHINE_VARIABLE: arn,
    }
    ran = subprocess.run(
        [sys.executable, "-c", "import breakwater.handlers.timeline"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert said in ran.stderr
    environment[contract.STATE_MACHINE_VARIABLE] = MACHINE
    subprocess.run(
        [sys.executable, "-c", "import breakwater.handlers.timeline"], env=environment, check=True
    )
