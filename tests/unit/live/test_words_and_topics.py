"""Topics, and the words of deltas: the same as those of workflows, which live never imports."""

import pytest

from breakwater.live import words
from breakwater.live.topics import NotATopic, id_of_execution, parsed, topic_of
from breakwater.workflows import workflow_status
from breakwater.workflows.workflow_id import EngineName, WorkflowId

ARN = "arn:aws:states:eu-west-1:111122223333:execution:orders:one"
RUN = "20261120-162732-b2745d11"


@pytest.mark.parametrize("id", [RUN, id_of_execution(ARN), "custom.billing.7"])
def test_every_id_of_a_workflow_is_a_topic(id: str) -> None:
    assert str(WorkflowId.parse(id)) == id
    assert parsed(topic_of(id)).name == f"workflow:{id}"


def test_an_execution_has_the_id_that_workflows_give_it() -> None:
    wanted = WorkflowId(EngineName.STEP_FUNCTIONS, ARN)
    assert id_of_execution(ARN) == str(wanted)
    assert parsed(topic_of(str(wanted))).execution_arn == ARN
    assert parsed(topic_of(RUN)).execution_arn is None


@pytest.mark.parametrize(
    "text",
    [None, 7, "", "lists", "workflow:", "workflow:nothing", "workflow:custom.x", "WORKFLOW:" + RUN,
     "workflow:" + id_of_execution("arn:aws:s3:::bucket"), f"workflow:{id_of_execution(ARN)}=",
     "tails", "connection#c1", "workflow:" + "A" * 4000],
)  # fmt: skip
def test_nothing_else_is_a_topic(text: object) -> None:
    with pytest.raises(NotATopic, match="is no topic"):
        parsed(text)


@pytest.mark.parametrize("word", ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "NEW"])
def test_statuses_of_executions_are_called_as_workflows_call_them(word: str) -> None:
    assert words.status_of_execution(word) == workflow_status.of_step_functions(word)


@pytest.mark.parametrize("word", ["PENDING", "RUNNING", "PAUSING", "PAUSED", "CANCELLED", "NEW"])
def test_statuses_of_runs_are_called_as_workflows_call_them(word: str) -> None:
    assert words.status_of_run(word) == workflow_status.of_recovery(word)


def test_a_cause_is_short_and_without_tokens() -> None:
    assert words.told(None) is None
    assert words.told("x" * 1000) == "x" * 299 + "…"
    assert "AQC" not in str(words.told("taskToken=AQCEAAAAKgAAAAMAAAAAAAAAAfW"))


def test_a_step_that_nobody_understands_is_not_told_as_something_else() -> None:
    assert words.step_delta_type("unknown") is None
    assert words.step_delta_type("pending") is None
