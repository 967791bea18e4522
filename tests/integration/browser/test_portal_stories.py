"""The portal in a real Chromium, on the embedded AWS: what people do, and what they must not meet.

The stories themselves are portal/browser/stories.mjs.
"""

import json

from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater_local.emulator import Emulator
from breakwater_local.operations import Operations
from tests.integration.browser.conftest import Story
from tests.integration.browser.looked_at import cancelled_run

SHORT, LONG = 1800, 360_000
"""Seconds of a machine's clock before its gate; they pass sixty times faster here."""


def started(aws: Emulator, machine: str, seconds: int) -> str:
    """The id of an execution that reaches its gate after so many seconds."""
    arn = aws.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps({"seconds": seconds})
    )["executionArn"]
    return str(WorkflowId(EngineName.STEP_FUNCTIONS, arn))


def test_a_drill_is_started_watched_released_and_cleaned_up(story: Story) -> None:
    story("drill")


def test_a_change_is_pushed_a_lost_connection_is_had_again_and_a_drill_is_cancelled(
    story: Story,
) -> None:
    story("pushed")


def test_all_that_a_filter_finds_is_cancelled_and_followed(
    story: Story, aws: Emulator, gated_machine: str
) -> None:
    ids = [started(aws, gated_machine, LONG) for _ in range(3)]
    story("many", type=gated_machine.rsplit(":", 1)[-1], ids=ids)


def test_an_execution_is_paused_resumed_exported_cloned_cancelled_and_retried(
    story: Story, aws: Emulator, gated_machine: str
) -> None:
    story("arrived")  # what follows is seen and paused before it comes to its gate
    one = started(aws, gated_machine, SHORT)
    story("acted", type=gated_machine.rsplit(":", 1)[-1], id=one)


def test_what_is_asked_is_kept_under_a_name_until_it_is_removed(story: Story) -> None:
    story("views")


def test_each_role_is_offered_what_it_may_and_told_why_not(story: Story) -> None:
    story("roles")


def test_why_a_workflow_failed_comes_first_and_its_address_can_be_sent(story: Story) -> None:
    story("failed")


def test_the_list_is_walked_by_address_and_by_keyboard(story: Story) -> None:
    story("list")


def test_without_a_network_what_is_known_stays_and_is_marked(story: Story) -> None:
    story("offline")


def test_who_signs_out_is_asked_to_sign_in(story: Story) -> None:
    story("signedOut")


def test_a_group_and_a_plan_are_written_and_removed(story: Story) -> None:
    story("planned")


def test_a_number_leads_to_the_executions_that_it_counts(story: Story) -> None:
    story("counted")


def test_nothing_serious_or_critical_is_in_anybodys_way(
    story: Story, commander: Operations, settings: dict[str, str]
) -> None:
    """axe on every page: light, dark, and 320 pixels wide."""
    story("accessible", run=cancelled_run(commander, settings["planId"]))
