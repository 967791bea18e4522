"""Groups and plans as files: read with lines, told with lines, and written to be read back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.difference import differences
from breakwater.recovery.folded_name import folded
from breakwater.recovery.plan_file import PlanFileMistakes, read_plan_file, write_plan_file
from breakwater.recovery.plan_validation import plan_problems
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater.recovery.yaml_text import UnreadableYaml, read_yaml, write_yaml
from tests.conftest import CHECKOUT
from tests.unit.recovery.made import group, plan, tagged, wave

ACCOUNT = f"{1:012d}"
SHOP = f"""\
groups:
  - name: Databases
    accountId: {ACCOUNT}
    region: eu-west-1
    servers:
      tags: {{tier: database, protected: yes, wave: 1}}
plans:
  - name: Shop
    rtoMinutes: 120
    waves:
      - name: database
        groups: [Databases]
        pauseBefore: true
"""


def mistakes(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(PlanFileMistakes) as wrong:
        read_plan_file(text)
    return [(one.line, one.problem.place, one.problem.problem) for one in wrong.value.mistakes]


def test_values_mean_what_stands_there() -> None:
    file = read_plan_file(SHOP)
    [databases] = file.groups
    assert databases.account_id == ACCOUNT
    assert databases.servers.tags == {"tier": "database", "protected": "yes", "wave": "1"}
    [shop] = file.plans
    content = shop.content({"databases": "g-1"})
    assert content.rto_minutes == 120
    assert content.waves == (wave("database", "g-1", pause_before=True),)


def test_every_mistake_is_told_with_its_line_and_place() -> None:
    text = SHOP.replace("eu-west-1", "Ireland").replace("pauseBefore", "pauseAfter")
    text = text.replace("rtoMinutes: 120", "rtoMinutes: soon")
    told = mistakes(text)
    assert [(line, place) for line, place, _ in told] == [
        (4, "groups[0].region"),
        (9, "plans[0].rtoMinutes"),
        (13, "plans[0].waves[0].pauseAfter"),
    ]
    assert "'Ireland'" in told[0][2]
    assert "'soon'" in told[1][2]


def test_a_field_that_is_missing_is_told_where_it_would_be() -> None:
    assert [one[:2] for one in mistakes("plans:\n  - waves: []\n")] == [(2, "plans[0].name")]


def test_a_policy_is_placed_as_it_is_written() -> None:
    text = SHOP + "        failurePolicy: {kind: atLeast, percent: 200}\n"
    assert [one[:2] for one in mistakes(text)] == [(14, "plans[0].waves[0].failurePolicy.percent")]


def test_the_same_name_twice_is_told() -> None:
    text = SHOP + "  - name: SHOP\n    waves: []\n"
    assert [one[:2] for one in mistakes(text)] == [(14, "plans[1].name")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("groups: [\n", 2),
        ("groups:\n  - name: a\n    name: b\n", 3),
        ("? [a]\n: b\n", 1),
        ("groups: &all [*all]\n", 1),
        ("a: \x07\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
    ],
)
def test_text_that_is_no_yaml_of_ours_is_told_with_its_line(text: str, line: int) -> None:
    [(told, _, problem)] = mistakes(text)
    assert told == line
    assert problem


def test_aliases_that_explode_are_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(UnreadableYaml, match="endless"):
        read_yaml("\n".join(rows))


def test_an_empty_file_says_nothing() -> None:
    file = read_plan_file("# nothing yet\n")
    assert (file.groups, file.plans) == ([], [])


def stored(name: str = "Shop", **more: Any) -> RecoveryPlan:
    made = plan(wave("a", "Databases"), wave("b", after=("a",)), name=name, **more)
    stamps = {"createdAt": "", "updatedAt": "", "updatedBy": ""}
    return RecoveryPlan.from_json({**made.content_json(), "planId": "p", "version": 1, **stamps})


@given(
    some.dictionaries(some.text(min_size=1), some.text(), min_size=1, max_size=5),
    some.sampled_from(["no", "null", "~", "1e3", "0o17", "yes: no", "- x", "2026-11-20", "#"]),
)
def test_what_is_exported_is_read_back_as_it_was(tags: dict[str, str], name: str) -> None:
    printable = {
        key: value
        for key, value in tags.items()
        if key.isprintable()
        and value.isprintable()
        and key.strip() == key
        and key
        and value.strip() == value
        and len(key) < 100
    } or {"tier": name}
    one = group(name, tagged(**printable))
    file = read_plan_file(write_plan_file([one], [stored(name, rto_minutes=5)]))
    assert [each.content_json() for each in file.groups] == [one.content_json()]
    [read] = file.plans
    assert read.name == name
    assert read.rto_minutes == 5


def test_an_export_names_groups_and_leaves_out_what_is_not_set() -> None:
    values = read_yaml(write_plan_file([group("Databases")], [stored()])).values
    [shop] = values["plans"]
    assert shop["waves"][0]["groups"] == ["Databases"]
    assert "groupIds" not in shop["waves"][0]
    assert "rtoMinutes" not in shop


PLAIN = some.recursive(
    some.text(alphabet=some.characters(categories=["L", "N", "P", "S", "Zs"])),
    lambda inner: (
        some.lists(inner) | some.dictionaries(some.text(alphabet="abc:{-", min_size=1), inner)
    ),
)


@given(PLAIN)
def test_text_in_lists_and_maps_survives_yaml(values: Any) -> None:
    assert read_yaml(write_yaml(values)).values == values


def test_what_differs_is_told_field_by_field_by_names() -> None:
    before = {
        "name": "shop",
        "rtoMinutes": 5,
        "waves": [{"name": "a", "timeoutMinutes": 1, "groups": ["x"]}, {"name": "b", "groups": []}],
    }
    after = {
        "name": "shop",
        "waves": [
            {"name": "new", "groups": ["y"]},
            {"name": "a", "timeoutMinutes": 2, "groups": ["x"]},
        ],
        "onFailure": "stop",
    }
    told = [(one.sign, one.place, one.before, one.after) for one in differences(before, after)]
    assert told == [
        ("~", "waves", ["a", "b"], ["new", "a"]),
        ("+", "waves[new].groups", None, ["y"]),
        ("~", "waves[a].timeoutMinutes", 1, 2),
        ("+", "onFailure", None, "stop"),
        ("-", "rtoMinutes", 5, None),
        ("-", "waves[b].groups", [], None),
    ]


def test_what_is_new_is_all_added() -> None:
    told = differences({}, {"name": "shop", "waves": []})
    assert [(one.sign, one.place) for one in told] == [("+", "name"), ("+", "waves")]


@given(PLAIN)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences({"it": value}, {"it": value}) == []


def test_the_example_of_the_document_can_be_applied() -> None:
    document = (CHECKOUT / "docs" / "plans-as-files.md").read_text(encoding="utf-8")
    file = read_plan_file(document.split("```yaml\n")[1].split("```")[0])
    ids = {folded(one.name): one.name for one in file.groups}
    [shop] = file.plans
    assert plan_problems(shop.content(ids), {one.name: one for one in file.groups}) == []


@pytest.mark.parametrize("text", ["[" * 20_000, "[" * 60 + "]" * 60])
def test_text_that_is_nested_without_end_is_refused(text: str) -> None:
    with pytest.raises(UnreadableYaml, match="nested deeper"):
        read_yaml(text)
