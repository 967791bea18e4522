"""Protection groups are kept whole, unique, audited, or not at all."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from breakwater.platform.http.errors import BadRequest, Conflict, NotFound
from breakwater.platform.pagination import cursor_of
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from tests.unit.recovery.made import ANNA, AT, BEN, LATER, group_content, ids, plan, tagged, wave

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def audited(dynamodb: "DynamoDBClient", group_id: str) -> list[Any]:
    found = dynamodb.query(
        TableName="audit",
        KeyConditionExpression="subject = :s",
        ExpressionAttributeValues={":s": {"S": f"GROUP#{group_id}"}},
    )
    return found["Items"]


def items(dynamodb: "DynamoDBClient", table: str = "groups") -> int:
    return dynamodb.scan(TableName=table)["Count"]


def test_a_group_is_read_as_it_was_written(groups: GroupStore) -> None:
    made = groups.create(group_content("databases", ids(1, 2)), ANNA, AT)
    assert groups.get(made.group_id) == made
    assert made.version == 1
    assert made.updated_by == "anna@example.com"
    assert made.created_at == "2026-11-20T03:00:00.000Z"


def test_tags_that_look_like_numbers_or_truth_stay_text(groups: GroupStore) -> None:
    made = groups.create(group_content(servers=tagged(wave="1", on="true", no="")), ANNA, AT)
    assert groups.get(made.group_id).servers.tags == {"wave": "1", "on": "true", "no": ""}


def test_a_group_that_is_not_there_is_not_found(groups: GroupStore) -> None:
    with pytest.raises(NotFound, match="no protection group 'nothing'"):
        groups.get("nothing")


def test_the_item_that_keeps_a_name_is_no_group(groups: GroupStore) -> None:
    groups.create(group_content("databases"), ANNA, AT)
    with pytest.raises(NotFound):
        groups.get("NAME#databases")
    assert groups.get_many(["NAME#databases"]) == {}


def test_a_name_is_taken_once_however_it_is_cased(
    groups: GroupStore, dynamodb: "DynamoDBClient"
) -> None:
    groups.create(group_content("Databases"), ANNA, AT)
    before = items(dynamodb)
    with pytest.raises(Conflict, match="named 'DATABASES' already") as refused:
        groups.create(group_content("DATABASES"), BEN, AT)
    assert refused.value.details[0]["place"] == "name"  # type: ignore[index]
    assert items(dynamodb) == before
    assert items(dynamodb, "audit") == 1


def test_a_group_is_found_by_its_name_however_it_is_cased(groups: GroupStore) -> None:
    made = groups.create(group_content("Databases"), ANNA, AT)
    assert groups.named("dataBASES") == made
    assert groups.named("others") is None


def test_a_rename_frees_the_old_name_and_takes_the_new(groups: GroupStore) -> None:
    made = groups.create(group_content("old"), ANNA, AT)
    groups.update(made.group_id, group_content("new"), 1, ANNA, LATER)
    assert groups.named("old") is None
    assert groups.named("new") is not None
    groups.create(group_content("old"), ANNA, LATER)


def test_a_rename_to_a_name_that_is_taken_changes_nothing(groups: GroupStore) -> None:
    groups.create(group_content("taken"), ANNA, AT)
    made = groups.create(group_content("mine"), ANNA, AT)
    with pytest.raises(Conflict, match="named 'taken' already"):
        groups.update(made.group_id, group_content("taken"), 1, ANNA, LATER)
    assert groups.get(made.group_id) == made


def test_a_name_may_change_its_case_only(groups: GroupStore) -> None:
    made = groups.create(group_content("shop"), ANNA, AT)
    assert groups.update(made.group_id, group_content("Shop"), 1, ANNA, LATER).name == "Shop"


def test_a_change_counts_the_version_and_says_who_and_when(groups: GroupStore) -> None:
    made = groups.create(group_content(servers=ids(1)), ANNA, AT)
    changed = groups.update(made.group_id, group_content(servers=ids(1, 2)), 1, BEN, LATER)
    assert groups.get(made.group_id) == changed
    assert (changed.version, changed.updated_by) == (2, "ben@example.com")
    assert changed.updated_at > changed.created_at == made.created_at


def test_a_stale_change_is_refused_with_both_versions(groups: GroupStore) -> None:
    made = groups.create(group_content(servers=ids(1)), ANNA, AT)
    groups.update(made.group_id, group_content(servers=ids(2)), 1, BEN, LATER)
    with pytest.raises(Conflict, match=r"ben@example\.com changed") as refused:
        groups.update(made.group_id, group_content(servers=ids(3)), 1, ANNA, LATER)
    details: Any = refused.value.details
    assert details["yours"]["version"] == 1
    assert details["yours"]["servers"] == ids(3).to_json()
    assert details["stored"]["version"] == 2
    assert details["stored"]["servers"] == ids(2).to_json()


def test_of_two_people_saving_at_once_one_wins_and_the_other_sees_both(
    groups: GroupStore, at_once: Callable[[int], None]
) -> None:
    made = groups.create(group_content(servers=ids(1)), ANNA, AT)
    at_once(2)

    def save(number: int) -> Any:
        try:
            return groups.update(made.group_id, group_content(servers=ids(number)), 1, ANNA, LATER)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(save, (2, 3)))
    [won] = [one for one in ended if not isinstance(one, Conflict)]
    [lost] = [one for one in ended if isinstance(one, Conflict)]
    details: Any = lost.details
    assert details["stored"] == groups.get(made.group_id).to_json() == won.to_json()
    assert details["yours"]["version"] == 1


def test_every_change_is_in_the_audit_trail_with_before_and_after(
    groups: GroupStore, dynamodb: "DynamoDBClient"
) -> None:
    made = groups.create(group_content("one"), ANNA, AT)
    groups.update(made.group_id, group_content("two"), 1, BEN, LATER)
    groups.remove(made.group_id, BEN, LATER, reason="tidy")
    records = audited(dynamodb, made.group_id)
    by_action = {record["action"]["S"]: record for record in records}
    assert by_action.keys() == {"groupCreated", "groupChanged", "groupRemoved"}
    changed = by_action["groupChanged"]
    assert json.loads(changed["before"]["S"])["name"] == "one"
    assert json.loads(changed["after"]["S"])["name"] == "two"
    assert changed["actor"]["S"] == "ben@example.com"
    assert by_action["groupRemoved"]["reason"]["S"] == "tidy"


def test_without_its_audit_record_nothing_changes(
    groups: GroupStore, dynamodb: "DynamoDBClient"
) -> None:
    dynamodb.delete_table(TableName="audit")
    with pytest.raises(ClientError):
        groups.create(group_content(), ANNA, AT)
    assert items(dynamodb) == 0


def test_a_removed_group_leaves_nothing_but_its_trail(
    groups: GroupStore, dynamodb: "DynamoDBClient"
) -> None:
    made = groups.create(group_content(), ANNA, AT)
    groups.remove(made.group_id, ANNA, LATER)
    assert items(dynamodb) == 0
    assert len(audited(dynamodb, made.group_id)) == 2


def test_a_group_that_plans_use_stays_and_says_which(groups: GroupStore, plans: PlanStore) -> None:
    made = groups.create(group_content(), ANNA, AT)
    used = plans.create(plan(wave("w", made.group_id), name="Shop"), ANNA, AT)
    with pytest.raises(Conflict, match="is used by 'Shop'") as refused:
        groups.remove(made.group_id, ANNA, LATER)
    assert refused.value.details == {
        "usedBy": [{"planId": used.plan_id, "name": "Shop"}],
        "count": 1,
    }
    assert groups.get(made.group_id).used_by == (used.plan_id,)


def test_changing_a_group_does_not_forget_who_uses_it(groups: GroupStore, plans: PlanStore) -> None:
    made = groups.create(group_content(), ANNA, AT)
    used = plans.create(plan(wave("w", made.group_id)), ANNA, AT)
    groups.update(made.group_id, group_content("renamed"), 1, ANNA, LATER)
    assert groups.get(made.group_id).used_by == (used.plan_id,)


def test_a_stale_removal_is_refused(groups: GroupStore) -> None:
    made = groups.create(group_content(), ANNA, AT)
    groups.update(made.group_id, group_content("renamed"), 1, BEN, LATER)
    with pytest.raises(Conflict):
        groups.remove(made.group_id, ANNA, LATER, version=1)
    assert groups.get(made.group_id).version == 2


@pytest.mark.thorough
def test_many_groups_are_read_at_once_more_than_a_batch_holds(groups: GroupStore) -> None:
    made = [groups.create(group_content(f"g{number}"), ANNA, AT) for number in range(120)]
    wanted = [one.group_id for one in made]
    assert groups.get_many([*wanted, "nothing"]) == {one.group_id: one for one in made}


def test_a_list_is_in_the_order_of_names_in_full_pages(groups: GroupStore) -> None:
    for number in (3, 1, 5, 2, 4):
        groups.create(group_content(f"g{number}"), ANNA, AT)
    first = groups.page(limit=2)
    second = groups.page(limit=2, cursor=first.next_cursor)
    third = groups.page(limit=2, cursor=second.next_cursor)
    assert [[one.name for one in page.items] for page in (first, second, third)] == [
        ["g1", "g2"],
        ["g3", "g4"],
        ["g5"],
    ]
    assert third.next_cursor is None
    assert not any(page.partial for page in (first, second, third))
    assert [one.name for one in groups.everything()] == ["g1", "g2", "g3", "g4", "g5"]


def test_a_list_is_narrowed_by_how_names_begin(groups: GroupStore) -> None:
    for name in ("app 1", "app 2", "db"):
        groups.create(group_content(name), ANNA, AT)
    assert [one.name for one in groups.page(prefix="app").items] == ["app 1", "app 2"]


def test_a_cursor_of_another_question_or_of_nobody_is_refused(groups: GroupStore) -> None:
    for name in ("app 1", "app 2", "db"):
        groups.create(group_content(name), ANNA, AT)
    cursor = groups.page(prefix="app", limit=1).next_cursor
    for prefix, bad in (("", cursor), ("app", "nonsense"), ("app", "e30")):
        with pytest.raises(BadRequest):
            groups.page(prefix=prefix, cursor=bad)


@pytest.mark.parametrize("position", [{}, {"id": 7, "name": "g"}, {"id": "x", "name": "other"}])
def test_a_forged_cursor_is_refused_before_dynamodb_sees_it(
    groups: GroupStore, position: dict[str, Any]
) -> None:
    forged = cursor_of(position, {"list": "GROUP", "prefix": "g"})
    with pytest.raises(BadRequest):
        groups.page(prefix="g", cursor=forged)


def test_lists_and_what_names_begin_with_do_not_mind_the_case(groups: GroupStore) -> None:
    for name in ("Zebra", "apple", "APRICOT", "ábc"):
        groups.create(group_content(name), ANNA, AT)
    assert [one.name for one in groups.page().items] == ["apple", "APRICOT", "Zebra", "ábc"]
    assert [one.name for one in groups.page(prefix="AP").items] == ["apple", "APRICOT"]
    after = groups.page(prefix="ap", limit=1).next_cursor
    assert [one.name for one in groups.page(prefix="Ap", cursor=after).items] == ["APRICOT"]


def test_a_renamed_group_is_listed_where_its_new_name_belongs(groups: GroupStore) -> None:
    for name in ("b", "c"):
        groups.create(group_content(name), ANNA, AT)
    [first, _] = groups.page().items
    groups.update(first.group_id, group_content("D"), 1, ANNA, LATER)
    assert [one.name for one in groups.page().items] == ["c", "D"]


def test_a_beginning_that_no_name_can_have_finds_none(groups: GroupStore) -> None:
    assert groups.page(prefix="\ufdfa" * 80).items == []


def test_joiners_do_not_make_another_name(groups: GroupStore) -> None:
    groups.create(group_content("web"), ANNA, AT)
    with pytest.raises(Conflict):
        groups.create(group_content("we\u200db"), ANNA, AT)
