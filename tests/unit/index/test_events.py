"""Events as AWS documents them, as they are sent, and as nobody should send them."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from breakwater.contract import IndexSettings
from breakwater.index.candidate import candidate
from breakwater.index.event import observation_of
from breakwater.index.machine_facts import facts_of
from breakwater.index.malformed import Malformed
from breakwater.platform.attribute_values import from_item, to_item
from tests.examples import examples

# As the Step Functions developer guide shows it.
DOCUMENTED: dict[str, Any] = {
    "version": "0",
    "id": "315c1398-40ff-a850-213b-158f73e60175",
    "detail-type": "Step Functions Execution Status Change",
    "source": "aws.states",
    "account": "123456789012",
    "time": "2019-02-26T19:42:21Z",
    "region": "us-east-1",
    "resources": ["arn:aws:states:us-east-1:123456789012:execution:state-machine-name:name"],
    "detail": {
        "executionArn": "arn:aws:states:us-east-1:123456789012:execution:state-machine-name:name",
        "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:state-machine",
        "name": "execution-name",
        "status": "FAILED",
        "startDate": 1551225146847,
        "stopDate": 1551225151881,
        "input": "{}",
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
    },
}


def changed(**detail: Any) -> dict[str, Any]:
    return {**DOCUMENTED, "detail": {**DOCUMENTED["detail"], **detail}}


def test_the_documented_example_is_understood() -> None:
    seen = observation_of(DOCUMENTED)
    assert (seen.status, seen.name, seen.redrive_count) == ("FAILED", "execution-name", None)
    assert seen.started.isoformat() == "2019-02-26T23:52:26.847000+00:00"
    assert seen.stopped
    assert (seen.stopped - seen.started).total_seconds() == 5.034


def test_versions_and_aliases_are_told_and_the_machine_is_without_them() -> None:
    machine = DOCUMENTED["detail"]["stateMachineArn"]
    seen = observation_of(
        changed(
            stateMachineArn=f"{machine}:7",
            stateMachineVersionArn=f"{machine}:7",
            stateMachineAliasArn=f"{machine}:PROD",
        )
    )
    assert (seen.state_machine_arn, seen.version, seen.alias) == (machine, "7", "PROD")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ([], "'list'"),
        ({}, "None"),
        ({**DOCUMENTED, "detail": "x"}, "'x'"),
        (changed(executionArn=None), "executionArn"),
        (changed(executionArn=f"{DOCUMENTED['detail']['executionArn']}{'x' * 500}"), "no table"),
        (changed(name="half of \ud83d"), "no table keeps"),
        (changed(status="x" * 257), "no table keeps"),
        (changed(executionArn="arn:aws:sns:eu-west-1:123456789012:topic:a"), "no ARN"),
        (changed(stateMachineArn="orders"), "no ARN"),
        (changed(name=""), "name"),
        (changed(status=7), "status"),
        (changed(startDate=None), "startDate"),
        (changed(startDate="yesterday"), "yesterday"),
        (changed(stopDate=10**30), "stopDate"),
    ],
)
def test_what_says_nothing_is_refused_and_quoted(event: Any, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        observation_of(event)


TEXT = st.text() | st.text(st.characters(categories=["Cs", "Lu"]))  # JSON can carry half characters
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*DOCUMENTED["detail"], "redriveCount", "redriveDate", "error", "cause"]),
        JSON,
        max_size=4,
    )
)
def test_whatever_stands_in_an_event_it_is_a_row_that_can_be_stored_or_malformed(
    odd: dict[str, Any],
) -> None:
    try:
        seen = observation_of(changed(**odd))
    except Malformed:
        return
    settings_ = IndexSettings(inputPaths={"priority": "a.b", "slaTargetSeconds": "c"})
    facts = facts_of(seen.state_machine_arn, {"breakwater:search": "a b.0 c"}, settings_)
    values = candidate(seen, facts, settings_).to_values()
    kept = {name: value for name, value in values.items() if value is not None}
    assert from_item(to_item(kept)) == kept
    for text in (value for value in kept.values() if isinstance(value, str)):
        assert len(text.encode()) <= 2048  # as a key of an index, at the most


def test_an_error_without_end_is_cut_and_of_half_characters_none_is_left() -> None:
    seen = observation_of(changed(error="\ud83d" + "x" * 300_000))
    assert seen.error == "?" + "x" * 255


@settings(max_examples=examples(150), deadline=None)
@given(JSON)
def test_whatever_the_input_is_what_is_lifted_can_be_stored(document: Any) -> None:
    seen = observation_of(changed(input=json.dumps({"a": document})))
    settings_ = IndexSettings(inputPaths={"slaTargetSeconds": "a"})
    facts = facts_of(seen.state_machine_arn, {"breakwater:search": "a a.0 a.b"}, settings_)
    row = candidate(seen, facts, settings_)
    kept = to_item({name: value for name, value in row.to_values().items() if value is not None})
    json.dumps(kept).encode()
