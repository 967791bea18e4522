"""The portal in a real Chromium, on the embedded AWS: what people do, and what they must not meet.

The stories themselves are portal/browser/stories.mjs.
"""

from collections.abc import Callable

Story = Callable[[str], None]


def test_a_drill_is_started_watched_released_and_cleaned_up(story: Story) -> None:
    story("drill")


def test_a_drill_is_cancelled_and_what_it_launched_is_terminated(story: Story) -> None:
    story("cancelled")


def test_a_change_is_pushed_and_a_lost_connection_is_had_again(story: Story) -> None:
    story("pushed")


def test_all_that_a_filter_finds_is_cancelled_and_followed(story: Story) -> None:
    story("many")


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


def test_nothing_serious_or_critical_is_in_anybodys_way(story: Story) -> None:
    """axe on every page: light, dark, and 320 pixels wide."""
    story("accessible")
