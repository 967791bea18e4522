"""What of a definition a diagram is drawn from."""

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.platform.http.errors import NotFound
from breakwater.routes.workflow_definition import routes
from breakwater.workflows.engines.step_functions.definition_structure import definition_structure
from breakwater.workflows.workflow_id import EngineName, WorkflowId

ARN = "arn:aws:states:eu-west-1:111122223333:execution:Orders:one"
DEFINITION = {
    "StartAt": "Fan out",
    "QueryLanguage": "JSONPath",
    "States": {
        "Fan out": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Call",
                    "States": {
                        "Call": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::lambda:invoke",
                            "Parameters": {"password": "hunter2"},
                            "Credentials": {"RoleArn": "secret"},
                            "ResultSelector": {"kept": "secret"},
                            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}],
                            "Catch": [{"ErrorEquals": ["X"], "Next": "Done", "ResultPath": "$"}],
                            "End": True,
                        }
                    },
                }
            ],
            "Next": "Each",
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "StartAt": "Rule",
                "States": {
                    "Rule": {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Out"}],
                        "Default": "Out",
                    },
                    "Out": {"Type": "Pass", "Result": {"token": "secret"}, "End": True},
                },
            },
            "End": True,
        },
    },
}


class Used(NamedTuple):
    text: str
    revision_id: str | None = "r1"


class Known:
    def __init__(self, text: str) -> None:
        self._text = text

    def definition(self, execution_arn: str) -> Used:
        assert execution_arn == ARN
        return Used(self._text)


def asked(text: str, workflow_id: str) -> Any:
    [route] = routes(Known(text))
    return route.call(workflow_id)


def test_states_ways_and_retries_stay_at_every_depth() -> None:
    told = definition_structure(json.dumps(DEFINITION))
    call = told["States"]["Fan out"]["Branches"][0]["States"]["Call"]
    assert call["Retry"] == [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}]
    assert call["Catch"] == [{"ErrorEquals": ["X"], "Next": "Done"}]
    assert told["States"]["Fan out"]["Next"] == "Each"
    assert told["States"]["Each"]["ItemProcessor"]["States"]["Rule"]["Default"] == "Out"


def test_what_people_put_secrets_into_is_left_out() -> None:
    told = json.dumps(definition_structure(json.dumps(DEFINITION)))
    assert "secret" not in told
    assert "hunter2" not in told


@pytest.mark.parametrize("text", ["", "[]", "7", "{}", '{"States": []}', "{"])
def test_what_is_no_definition_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match="not understood"):
        asked(text, str(WorkflowId(EngineName.STEP_FUNCTIONS, ARN)))


def test_an_execution_has_one_a_run_and_a_custom_workflow_do_not() -> None:
    found = asked(json.dumps(DEFINITION), str(WorkflowId(EngineName.STEP_FUNCTIONS, ARN)))
    assert (found.revision_id, found.structure["StartAt"]) == ("r1", "Fan out")
    for other in ("20261120-162732-b2745d11", "custom.billing.7", "nobody"):
        with pytest.raises(NotFound):
            asked("{}", other)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["States", "Branches", "Iterator", "Retry", "Catch", "Type", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_states_give_a_structure(states: Any) -> None:
    told = definition_structure(json.dumps({"States": {"A": states}}))
    assert list(told["States"]) == ["A"]
