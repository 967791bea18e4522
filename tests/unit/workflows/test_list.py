"""The list of workflows: each once, in order, for a bounded price."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from breakwater.index.row import Row
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import BadRequest
from breakwater.platform.pagination import cursor_of
from breakwater.recovery.engine.status import RunStatus
from breakwater.workflows.rollups.profile import MachineProfile
from breakwater.workflows.workflow import Action, SlaStatus
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.workflows.conftest import (
    NOW,
    STATES,
    VIEWER,
    World,
    ago,
    row,
    row_of,
    run,
)


def sfn(name: str, machine: str = "orders") -> str:
    arn = f"{STATES}:execution:{machine}:{name}"
    return str(WorkflowId(EngineName.STEP_FUNCTIONS, arn))


def test_a_recovery_run_is_listed_once_with_the_runs_own_status(world: World) -> None:
    one = run(1, RunStatus.PAUSED, servers=4, servers_launched=1)
    world.has_run(one)
    world.has_row(row_of(one, "RUNNING"))
    [told] = world.all()
    assert (str(told.id), told.status, told.type) == (one.execution_id, "PAUSED", "recovery")
    assert (told.progress.completed, told.progress.total, told.progress.percent) == (1, 4, 25)
    assert not told.progress.estimated


def at_gate(name: str, **given: Any) -> Row:
    since, until = (iso(NOW + timedelta(hours=hours)) for hours in (-1, 23))
    told = {"askedAt": since, "isHeld": True, "name": "Approval", "since": since, "until": until}
    return row(name, gate=told, **given)


def test_what_a_gate_holds_is_paused_wherever_it_is_listed(world: World) -> None:
    world.has_row(at_gate("held"))
    world.has_row(row("other"))
    tags = {"breakwater__pause_gate": "f", "breakwater__actions": "allow"}
    world.has_tags(row("held").state_machine_arn, **tags)
    everywhere, of_its_type = world.all(status="PAUSED"), world.all(status="PAUSED", type="orders")
    for told in (*everywhere, *of_its_type):
        assert (str(told.id), told.status) == (sfn("held"), "PAUSED")
        assert told.progress.current_step == "Approval"
    assert len(everywhere) == len(of_its_type) == 1
    assert world.ids(status="RUNNING") == [sfn("other")]
    assert sorted(world.ids(status="active")) == sorted([sfn("held"), sfn("other")])
    for told in world.all():
        able = told.capabilities
        is_held = str(told.id) == sfn("held")
        assert (able[Action.RESUME].possible, able[Action.PAUSE].possible) == (is_held, not is_held)


def test_what_ended_at_a_gate_is_not_paused(world: World) -> None:
    world.has_row(at_gate("held", status="ABORTED"))
    [told] = world.all()
    assert (told.status, told.progress.current_step) == ("CANCELLED", None)


def test_its_cleanups_are_no_rows_of_their_own(world: World) -> None:
    one = run(1, RunStatus.COMPLETED, ended_at=NOW)
    world.has_run(one)
    world.has_row(row_of(one, "SUCCEEDED"))
    cleanup = row(f"{one.execution_id}-cleanup-1", machine="Recovery", agent="recovery")
    world.has_row(cleanup)
    assert world.ids() == [one.execution_id]
    assert world.ids(status="RUNNING") == []
    assert world.ids(status="COMPLETED") == [one.execution_id]


def test_a_run_that_has_no_execution_yet_is_listed(world: World) -> None:
    one = run(1, RunStatus.PENDING)
    world.has_run(one)
    world.has_row(row("other", at=ago(hours=1)))
    assert world.ids() == [one.execution_id, sfn("other")]
    assert world.ids(status="PENDING") == [one.execution_id]
    assert world.ids(status="active") == [one.execution_id, sfn("other")]
    assert world.ids(type="recovery") == [one.execution_id]
    assert world.ids(type="orders") == [sfn("other")]


def test_a_pending_run_whose_execution_is_indexed_is_listed_once(world: World) -> None:
    one = run(1, RunStatus.PENDING)
    world.has_run(one)
    world.has_row(row_of(one, "RUNNING"))
    assert world.ids() == [one.execution_id]
    assert world.ids(status="active") == [one.execution_id]


@pytest.mark.parametrize(
    ("status", "run_status", "row_status"),
    [
        ("CANCELLED", RunStatus.CANCELLED, "FAILED"),
        ("TIMED_OUT", RunStatus.TIMED_OUT, "FAILED"),
        ("FAILED", RunStatus.FAILED, "ABORTED"),
        ("RUNNING", RunStatus.PAUSING, "RUNNING"),
        ("CANCELLING", RunStatus.CANCELLING, "RUNNING"),
    ],
)
def test_a_filter_by_status_goes_by_the_run_and_not_by_its_execution(
    world: World, status: str, run_status: RunStatus, row_status: str
) -> None:
    one = run(1, run_status)
    world.has_run(one)
    world.has_row(row_of(one, row_status))
    assert world.ids(status=status) == [one.execution_id]
    for other in {"CANCELLED", "TIMED_OUT", "FAILED", "RUNNING", "COMPLETED"} - {status}:
        assert world.ids(status=other) == []


def test_an_execution_of_the_recovery_machine_that_is_no_run_is_an_execution(world: World) -> None:
    """Somebody started it by hand."""
    world.has_row(row("by-hand", machine="Recovery", agent="recovery"))
    world.has_row(row("20260101-000000-0000beef", machine="Recovery", agent="recovery"))
    assert len(world.ids()) == len(world.ids(status="RUNNING")) == 2


def many(world: World) -> list[str]:
    """Forty workflows of all kinds; several share a millisecond. The newest first."""
    for number in range(30):
        status = ("RUNNING", "SUCCEEDED", "FAILED")[number % 3]
        at = ago(minutes=10 * (number // 4))
        world.has_row(row(f"e{number:02}", machine=f"m{number % 2}", status=status, at=at))
    for number in range(10):
        status = (RunStatus.RUNNING, RunStatus.COMPLETED)[number % 2]
        one = run(number, status, at=ago(minutes=7 * number + 3))
        world.has_run(one)
        world.has_row(row_of(one, "RUNNING" if number % 2 == 0 else "SUCCEEDED"))
    world.has_run(run(77, RunStatus.PENDING, at=ago(minutes=25)))
    return world.ids(limit=100)


@pytest.mark.parametrize("limit", [3, 40])
@pytest.mark.parametrize(
    "said",
    [{}, {"status": "active"}, {"status": "RUNNING,COMPLETED"}, {"type": "m1"}, {"status": "slow"}],
    ids=str,
)
def test_page_after_page_is_the_list_each_once_newest_first(
    world: World, limit: int, said: dict[str, Any]
) -> None:
    everything = many(world)
    assert len(everything) == len(set(everything)) == 41
    expected = world.ids(limit=100, **said)
    found = world.all(limit, **said)
    assert sorted(map(str, (one.id for one in found))) == sorted(expected)
    starts = [one.started_at[:19] for one in found]
    assert all(a >= b[:17] for a, b in pairwise(starts))


def test_what_is_added_at_the_head_does_not_shift_the_list(world: World) -> None:
    many(world)
    first = world.page(5, status="active")
    world.has_row(row("newer", at=ago(seconds=1)))
    fresh = run(99, RunStatus.CANCELLING, at=ago(seconds=2))
    world.has_run(fresh)
    second = world.page(5, first.next_cursor, status="active")
    shown = {str(one.id) for one in (*first.workflows, *second.workflows)}
    assert len(shown) == 10
    assert not shown & {sfn("newer"), fresh.execution_id}


@pytest.mark.parametrize("running", [10, 100])
@pytest.mark.parametrize("said", [{"status": "RUNNING"}, {}], ids=str)
def test_a_page_costs_the_same_however_many_run(
    world: World, running: int, said: dict[str, Any]
) -> None:
    for number in range(running):
        world.has_row(row(f"e{number}", machine=f"m{number % 8}", at=ago(seconds=number + 60)))
    one = run(1, RunStatus.RUNNING)
    world.has_run(one)
    world.has_row(row_of(one, "RUNNING"))
    world.calls.clear()
    world.profiles.asked = 0
    page = world.page(10, **said)
    assert len(page.workflows) == 10
    # By status: a Query of the index, two of the runs (RUNNING, PAUSING). Else: the book of days,
    # one Query of the day, one of pending runs. Then runs and notes, each in one call.
    queries = 3 if said else 2
    assert world.calls.count("Query") == queries
    assert world.calls.count("BatchGetItem") == 2
    assert world.calls.count("GetItem") == (0 if said else 1)
    assert len(world.calls) == queries + 2 + (0 if said else 1)
    assert world.profiles.asked == 1


def test_a_list_that_is_mostly_filtered_out_is_partial_and_goes_on(world: World) -> None:
    for number in range(60):
        name = f"rare-{number}" if number in (3, 57) else f"usual-{number}"
        world.has_row(row(name, at=ago(minutes=number)))
    first = world.page(5, namePrefix="rare-")
    assert first.partial
    assert [one.name for one in first.workflows] == ["rare-3"]
    assert [one.name for one in world.all(5, namePrefix="rare-")] == ["rare-3", "rare-57"]


def test_a_plan_is_found_by_its_name_and_a_person_by_what_they_started(world: World) -> None:
    one = run(1, RunStatus.RUNNING, plan_name="Shop of Europe")
    world.has_run(one)
    world.has_row(row_of(one, "RUNNING"))
    world.has_row(row("nightly", triggered_by="timer"))
    assert world.ids(namePrefix="Shop") == [one.execution_id]
    assert world.ids(triggeredBy="timer") == [sfn("nightly")]
    assert world.ids(triggeredBy="anna@example.com") == [one.execution_id]


def test_an_error_and_what_became_of_the_target_find_workflows(world: World) -> None:
    minute = timedelta(minutes=1)
    for name, status, target, lasted, error in (
        ("in-time", "SUCCEEDED", 120, minute, None),
        ("late", "SUCCEEDED", 30, minute, None),
        ("failed-in-time", "FAILED", 120, minute, "CardDeclined"),
        ("failed-late", "FAILED", 30, minute, "NoStock"),
        ("cancelled-in-time", "ABORTED", 120, minute, None),
        ("without", "FAILED", None, minute, "CardDeclined"),
    ):
        world.has_row(
            row(name, status=status, sla_target_seconds=target, lasted=lasted, error=error)
        )
    assert set(world.ids(target="met")) == {sfn("in-time")}
    missed = {sfn("late"), sfn("failed-in-time"), sfn("failed-late")}
    assert set(world.ids(target="missed")) == missed
    assert set(world.ids(error="CardDeclined")) == {sfn("failed-in-time"), sfn("without")}
    assert world.ids(error="CardDeclined", target="missed") == [sfn("failed-in-time")]
    assert world.ids(error="Card") == []


def test_a_search_attribute_and_the_time_of_the_end_find_workflows(world: World) -> None:
    world.has_row(row("a", search={"order.id": "A-17"}))
    world.has_row(row("b", search={"order.id": 17}))
    ended = run(3, RunStatus.CANCELLED, at=ago(hours=3), ended_at=ago(hours=2))
    world.has_run(ended)
    world.has_row(row_of(ended, "FAILED", error="PlanCancelled", lasted=timedelta(hours=1)))
    assert world.ids(search="order.id=A-17") == [sfn("a")]
    assert world.ids(search="order.id=17") == [sfn("b")]
    assert world.ids(endedFrom="24h", status="CANCELLED") == [ended.execution_id]
    assert world.ids(endedFrom="24h", status="FAILED") == []
    assert world.ids(startedFrom="1h") == [sfn("a"), sfn("b")] or set(
        world.ids(startedFrom="1h")
    ) == {sfn("a"), sfn("b")}


def test_slow_is_what_runs_and_is_not_on_track_or_slower_than_its_own_p95(world: World) -> None:
    machine = f"{STATES}:stateMachine:usual"
    known = MachineProfile(state_machine_arn=machine, samples=20, p50=60.0, p95=300.0)
    world.profiles.known[machine] = known
    world.has_row(row("late", machine="usual"))
    world.has_row(row("fine", machine="usual", at=ago(minutes=2)))
    world.has_row(row("risky", sla_target_seconds=650))
    world.has_row(row("done", status="SUCCEEDED", sla_target_seconds=1))
    found = world.all(status="slow")
    assert {one.name for one in found} == {"late", "risky"}
    assert {one.sla_status for one in found} == {None, SlaStatus.AT_RISK}
    [late] = [one for one in found if one.name == "late"]
    assert (late.progress.percent, late.progress.estimated) == (99, True)


@pytest.mark.parametrize(
    ("found", "minutes", "told"),
    [
        ({}, 7, "Charge"),
        ({}, 7.1, None),  # nobody has looked since
        ({"redrive_count": 0, "status": "SUCCEEDED"}, 1, None),
        ({"gate": at_gate("one").gate}, 1, "Approval"),
    ],
)
def test_the_step_that_whoever_watches_found_is_told_while_that_holds(
    world: World, found: dict[str, Any], minutes: float, told: str | None
) -> None:
    seen = iso(ago(minutes=minutes))
    world.has_row(row("one", **{"current_step": "Charge", "current_step_at": seen, **found}))
    [one] = world.all()
    assert one.progress.current_step == told


def test_the_target_of_an_execution_is_its_machines_tag(world: World) -> None:
    world.has_tags(f"{STATES}:stateMachine:orders", breakwater__sla_seconds="600")
    world.has_row(row("a", at=ago(minutes=11)))
    [told] = world.all()
    assert (told.sla_target_seconds, told.sla_status) == (600, SlaStatus.BREACHED)


def test_without_the_tag_no_action_is_possible_and_the_reason_says_so(world: World) -> None:
    world.has_row(row("a"))
    [told] = world.all()
    cancel = told.capabilities[Action.CANCEL]
    assert not cancel.possible
    assert "breakwater:actions=allow" in str(cancel.reason)
    assert told.capabilities[Action.EXPORT].possible


def test_with_the_tag_it_depends_on_status_and_role(world: World) -> None:
    world.has_tags(f"{STATES}:stateMachine:orders", breakwater__actions="allow")
    world.has_row(row("a"))
    [told] = world.all()
    assert told.capabilities[Action.CANCEL].possible
    assert "RUNNING" in str(told.capabilities[Action.RETRY].reason)
    [seen] = world.page(by=VIEWER).workflows
    assert "commander or operator" in str(seen.capabilities[Action.CANCEL].reason)


def test_a_real_recovery_is_a_commanders(world: World) -> None:
    one = run(1, RunStatus.RUNNING, is_drill=False)
    world.has_run(one)
    world.has_row(row_of(one, "RUNNING"))
    [told] = world.all()
    assert told.capabilities[Action.PAUSE].possible
    assert not told.capabilities[Action.RETRY].possible
    [seen] = world.page(by=VIEWER).workflows
    assert "commander" in str(seen.capabilities[Action.PAUSE].reason)


def test_a_cause_never_gives_a_task_token_away(world: World) -> None:
    token = "AQC" + "x" * 200
    world.has_row(row("a", status="FAILED", error="Boom", cause=f"no answer to {token}"))
    [told] = world.all()
    assert token not in str(told.to_json())


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"status": "RUNING"}, "status"),
        ({"status": "slow,FAILED"}, "status"),
        ({"status": ","}, "status"),  # not: all of them
        ({"startedFrom": "yesterday"}, "startedFrom"),
        ({"target": "perhaps"}, "target"),
        ({"startedFrom": "1h", "startedUntil": "2h"}, "startedFrom"),
        ({"endedUntil": "2026-11-20T03:00:00"}, "endedUntil"),
        ({"search": "order.id"}, "search"),
        ({"namePrefix": "x" * 300}, "namePrefix"),
    ],
)
def test_a_wrong_filter_is_a_400_that_names_its_field(
    world: World, said: dict[str, Any], place: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        world.page(**said)
    assert refused.value.details[0]["place"] == place  # type: ignore[index]


QUESTION = {"list": "workflows", "status": "RUNNING"}


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        cursor_of({"before": "2026", "at": {"index:RUNNING": ["a", "b"]}}, QUESTION),
        cursor_of({"before": "2026", "at": {"index:RUNNING": ["a", "SUCCEEDED", "c"]}}, QUESTION),
        cursor_of({"before": "2026", "at": {"runs:RUNNING": ["a", "b", "c"]}}, QUESTION),
        cursor_of({"before": 7, "at": {}}, QUESTION),
        cursor_of({"before": "2026", "at": {"index:RUNNING": "x"}}, QUESTION),
        cursor_of({"before": "2026", "at": {}, "more": 1}, QUESTION),
        cursor_of({"before": "2026", "at": {}}, {"list": "workflows"}),
    ],
)
def test_a_cursor_that_was_not_given_out_is_a_400(world: World, cursor: Any) -> None:
    many(world)
    with pytest.raises(BadRequest) as refused:
        world.page(5, cursor, status="RUNNING")
    assert refused.value.details[0]["place"] == "cursor"  # type: ignore[index]
