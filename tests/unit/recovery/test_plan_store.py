"""Recovery plans are kept whole, unique, audited, and consistent with their groups."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from breakwater.platform.http.errors import Conflict, NotFound, Unprocessable
from breakwater.recovery import limits
from breakwater.recovery.failure_policy import FailurePolicy, PolicyKind
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_saving import PlanDesk
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.recovery_plan import OnFailure
from tests.unit.recovery.made import ANNA, AT, BEN, LATER, group_content, ids, plan, wave

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def make_groups(groups: GroupStore, count: int) -> list[str]:
    return [
        groups.create(group_content(f"g{number:03d}"), ANNA, AT).group_id for number in range(count)
    ]


def test_a_plan_is_read_as_it_was_written(groups: GroupStore, plans: PlanStore) -> None:
    first, second = make_groups(groups, 2)
    made = plans.create(
        plan(
            wave(
                "db",
                first,
                failure_policy=FailurePolicy(kind=PolicyKind.CRITICAL, servers=ids(1)),
                timeout_minutes=30,
            ),
            wave(
                "app",
                second,
                after=("db",),
                pause_before=True,
                failure_policy=FailurePolicy(kind=PolicyKind.AT_LEAST, percent=80),
            ),
            on_failure=OnFailure.CONTINUE_INDEPENDENT,
            rto_minutes=240,
        ),
        ANNA,
        AT,
    )
    assert plans.get(made.plan_id) == made
    assert plans.named("SHOP") == made


def test_a_plan_that_is_not_there_is_not_found(groups: GroupStore, plans: PlanStore) -> None:
    plans.create(plan(wave("w", *make_groups(groups, 1))), ANNA, AT)
    for absent in ("nothing", "NAME#shop"):
        with pytest.raises(NotFound):
            plans.get(absent)


def test_a_group_knows_the_plans_that_use_it_now(groups: GroupStore, plans: PlanStore) -> None:
    first, second, third = make_groups(groups, 3)
    made = plans.create(plan(wave("a", first), wave("b", second)), ANNA, AT)
    plans.update(made.plan_id, plan(wave("a", second), wave("b", third)), 1, ANNA, LATER)
    assert [groups.get(one).used_by for one in (first, second, third)] == [
        (),
        (made.plan_id,),
        (made.plan_id,),
    ]
    plans.remove(made.plan_id, ANNA, LATER)
    assert [groups.get(one).used_by for one in (first, second, third)] == [(), (), ()]
    groups.remove(second, ANNA, LATER)


def test_a_plan_with_a_group_that_is_gone_is_refused_and_leaves_no_trace(
    groups: GroupStore, plans: PlanStore, dynamodb: "DynamoDBClient"
) -> None:
    [there] = make_groups(groups, 1)
    with pytest.raises(Conflict, match="'gone' was removed"):
        plans.create(plan(wave("w", there, "gone")), ANNA, AT)
    assert groups.get(there).used_by == ()
    assert plans.named("shop") is None
    assert "Item" not in dynamodb.get_item(TableName="groups", Key={"groupId": {"S": "gone"}})


def test_of_a_plan_saved_while_its_group_is_removed_one_fails(
    groups: GroupStore, plans: PlanStore, at_once: Callable[[int], None]
) -> None:
    [group_id] = make_groups(groups, 1)
    at_once(2)

    def outcome(act: Any) -> str:
        try:
            act()
        except (Conflict, NotFound):
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        saved = pool.submit(outcome, lambda: plans.create(plan(wave("w", group_id)), ANNA, AT))
        removed = pool.submit(outcome, lambda: groups.remove(group_id, BEN, AT))
        outcomes = (saved.result(), removed.result())
    assert sorted(outcomes) == ["done", "refused"]
    plan_is_there = plans.named("shop") is not None
    assert plan_is_there == (group_id in groups.get_many([group_id]))


def test_a_group_that_a_plan_joins_after_its_remover_looked_stays(
    groups: GroupStore, plans: PlanStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    [group_id] = make_groups(groups, 1)
    write = groups._client.transact_write_items

    def joined_just_before(**what: Any) -> Any:
        monkeypatch.setattr(groups._client, "transact_write_items", write)
        plans.create(plan(wave("w", group_id), name="Shop"), ANNA, AT)
        return write(**what)

    monkeypatch.setattr(groups._client, "transact_write_items", joined_just_before)
    with pytest.raises(Conflict, match="is used by 'Shop'"):
        groups.remove(group_id, BEN, LATER)
    assert group_id in groups.get_many([group_id])


def test_a_stale_change_is_refused_with_both_versions(groups: GroupStore, plans: PlanStore) -> None:
    [group_id] = make_groups(groups, 1)
    made = plans.create(plan(wave("w", group_id)), ANNA, AT)
    plans.update(made.plan_id, plan(wave("w", group_id), rto_minutes=60), 1, BEN, LATER)
    with pytest.raises(Conflict, match=r"ben@example\.com changed") as refused:
        plans.update(made.plan_id, plan(wave("w", group_id), rto_minutes=90), 1, ANNA, LATER)
    details: Any = refused.value.details
    assert (details["yours"]["version"], details["yours"]["rtoMinutes"]) == (1, 90)
    assert (details["stored"]["version"], details["stored"]["rtoMinutes"]) == (2, 60)
    with pytest.raises(Conflict):
        plans.remove(made.plan_id, ANNA, LATER, version=1)


def test_of_many_people_saving_at_once_one_wins(
    groups: GroupStore, plans: PlanStore, at_once: Callable[[int], None]
) -> None:
    [group_id] = make_groups(groups, 1)
    made = plans.create(plan(wave("w", group_id)), ANNA, AT)
    at_once(4)

    def save(minutes: int) -> bool:
        try:
            plans.update(made.plan_id, plan(wave("w", group_id), rto_minutes=minutes), 1, ANNA, AT)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(save, (1, 2, 3, 4)))
    assert won.count(True) == 1
    assert plans.get(made.plan_id).rto_minutes == won.index(True) + 1


@pytest.mark.thorough
def test_the_largest_plan_can_be_saved_and_removed(groups: GroupStore, plans: PlanStore) -> None:
    made = plans.create(plan(wave("w", *make_groups(groups, 90))), ANNA, AT)
    plans.remove(made.plan_id, ANNA, LATER)


@pytest.mark.thorough
def test_a_change_that_touches_too_much_at_once_says_how_to_do_it(
    groups: GroupStore, plans: PlanStore
) -> None:
    every = make_groups(groups, 100)
    made = plans.create(plan(wave("w", *every[:50])), ANNA, AT)
    with pytest.raises(Unprocessable, match="First save the plan without"):
        plans.update(made.plan_id, plan(wave("w", *every[50:])), 1, ANNA, LATER)
    assert plans.get(made.plan_id) == made


def test_a_plan_is_taken_in_only_without_problems_and_all_of_them_are_told(
    groups: GroupStore, plans: PlanStore
) -> None:
    desk = PlanDesk(groups, plans)
    with pytest.raises(Unprocessable, match="3 problems") as refused:
        desk.create(plan(wave("a", after=("b",)), wave("b", "gone", after=("a",))), ANNA, AT)
    codes = {one["code"] for one in refused.value.details}  # type: ignore[index]
    assert codes == {"cycle", "emptyWave", "unknownGroup"}
    assert list(plans.everything()) == []


def test_a_plan_with_warnings_only_is_taken_in(groups: GroupStore, plans: PlanStore) -> None:
    [group_id] = make_groups(groups, 1)
    desk = PlanDesk(groups, plans)
    made = desk.create(plan(wave("a", group_id), rto_minutes=2000), ANNA, AT)
    changed = desk.update(made.plan_id, plan(wave("b", group_id)), 1, ANNA, LATER)
    assert [one.plan_id for one in plans.page().items] == [changed.plan_id]


def test_of_thousands_of_problems_the_first_are_told_and_all_are_counted(
    groups: GroupStore, plans: PlanStore
) -> None:
    endless = plan(*(wave("w", *(f"g{n}" for n in range(90))) for _ in range(20)))
    with pytest.raises(Unprocessable, match=r"has \d{4} problems, of which the first 500") as no:
        PlanDesk(groups, plans).create(endless, ANNA, AT)
    assert len(no.value.details) == limits.FINDINGS_TOLD
