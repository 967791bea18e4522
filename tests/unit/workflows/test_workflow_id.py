"""Ids of workflows: one for each, and nothing else is one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.workflows.workflow_id import EngineName, NotAnId, WorkflowId

ARN = "arn:aws:states:eu-west-1:111122223333:execution:orders:7f2a"


@pytest.mark.parametrize(
    "workflow",
    [
        WorkflowId(EngineName.RECOVERY, "20261120-162732-b2745d11"),
        WorkflowId(EngineName.STEP_FUNCTIONS, ARN),
        WorkflowId(EngineName.STEP_FUNCTIONS, ARN.replace("orders:7f2a", "Bestellung-ü:ü")),
        # As long as AWS lets names be, in letters of four bytes.
        WorkflowId(
            EngineName.STEP_FUNCTIONS,
            ARN.replace("orders:7f2a", f"{'𠮷' * 80}/{'𠮷' * 40}:{'𠮷' * 80}"),
        ),
        WorkflowId(EngineName.CUSTOM, "airflow.load-42"),
    ],
    ids=lambda it: str(it.engine),
)
def test_an_id_is_read_as_it_was_written(workflow: WorkflowId) -> None:
    assert WorkflowId.parse(str(workflow)) == workflow


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "custom.",
        "custom.a",
        "custom.a.",
        "custom.a b.c",
        "20261120-162732-B2745D11",
        base64.urlsafe_b64encode(ARN.encode()).decode() + "=",
        base64.urlsafe_b64encode(b"arn:aws:s3:::bucket").decode().rstrip("="),
        base64.urlsafe_b64encode(b"\xff\xfe").decode().rstrip("="),
        "A" * 1301,
    ],
)
def test_what_is_no_id_is_refused_with_what_ids_look_like(text: str) -> None:
    with pytest.raises(NotAnId, match="GET /workflows lists them"):
        WorkflowId.parse(text)


@given(some.text())
def test_any_text_is_an_id_or_is_refused(text: str) -> None:
    try:
        found = WorkflowId.parse(text)
    except NotAnId:
        return
    assert str(found) == text
