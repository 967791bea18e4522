"""Every problem of a plan at once, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery import limits
from breakwater.recovery.failure_policy import FailurePolicy, PolicyKind
from breakwater.recovery.plan_validation import plan_problems
from breakwater.recovery.problem import Problem, Severity
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.recovery_plan import PlanContent
from breakwater.recovery.server_selection import ServerSelection
from tests.unit.recovery.made import by_id, group, ids, plan, tagged, wave

DB, APP, WEB = group("db", ids(1, 2)), group("app", ids(3)), group("web", tagged(tier="web"))
ALL = by_id(DB, APP, WEB)


def found(made: PlanContent, groups: dict[str, ProtectionGroup] = ALL) -> list[Problem]:
    return plan_problems(made, groups)


def told(made: PlanContent, groups: dict[str, ProtectionGroup] = ALL) -> set[tuple[str, str]]:
    return {(one.place, one.code) for one in found(made, groups)}


def test_a_sound_plan_has_no_problem() -> None:
    sound = plan(wave("db", "db"), wave("app", "app", after=("db",)), wave("web", "web"))
    assert found(sound) == []


def test_every_problem_is_told_at_once() -> None:
    broken = plan(
        wave("a", "db", after=("c",)),
        wave("A", "db", after=("A", "nowhere")),
        wave("c", after=("a",)),
        wave("d", "gone"),
    )
    assert told(broken) == {
        ("waves[1].name", "duplicateWaveName"),
        ("waves[1].dependsOn[0]", "selfDependency"),
        ("waves[1].dependsOn[1]", "unknownWave"),
        ("waves[0].dependsOn[0]", "cycle"),
        ("waves[1].groupIds[0]", "groupInTwoWaves"),
        ("waves[2].groupIds", "emptyWave"),
        ("waves[3].groupIds[0]", "unknownGroup"),
    }


def test_a_cycle_is_named_wave_by_wave() -> None:
    [cycle] = found(plan(wave("web", "web", after=("app",)), wave("app", "app", after=("web",))))
    assert "web → app → web" in cycle.problem
    assert cycle.place == "waves[0].dependsOn[0]"


def test_a_wave_that_is_nearly_named_is_suggested() -> None:
    [unknown] = found(plan(wave("Database", "db"), wave("app", "app", after=("database",))))
    assert unknown.remedy == "Did you mean 'Database'?"


def test_a_wave_that_is_not_nearly_named_lists_those_there_are() -> None:
    [unknown] = found(plan(wave("db", "db"), wave("app", "app", after=("x" * 20,))))
    assert unknown.remedy == "Name one of: db, app."


def test_a_plan_without_waves_is_told() -> None:
    assert told(plan()) == {("waves", "noWaves")}


def test_a_server_in_two_waves_is_told_with_both() -> None:
    other = group("other", ids(2))
    [twice] = found(plan(wave("a", "db"), wave("b", "other")), by_id(DB, other))
    assert (twice.place, twice.code) == ("waves[1].groupIds[0]", "serverInTwoWaves")
    assert ids(2).ids[0] in twice.problem
    assert "'a'" in twice.problem


def test_the_same_id_in_another_account_is_another_server() -> None:
    other = group("other", ids(2), account_id="444455556666")
    assert found(plan(wave("a", "db"), wave("b", "other")), by_id(DB, other)) == []


def test_a_server_in_two_groups_of_one_wave_is_a_warning() -> None:
    other = group("other", ids(2))
    [twice] = found(plan(wave("a", "db", "other")), by_id(DB, other))
    assert (twice.code, twice.severity) == ("serverInTwoGroups", Severity.WARNING)


def test_what_is_repeated_within_a_wave_is_a_warning() -> None:
    repeated = plan(wave("a", "db", "db"), wave("b", "app", after=("a", "a")))
    assert {one.code: one.severity for one in found(repeated)} == {
        "repeatedGroup": Severity.WARNING,
        "repeatedDependency": Severity.WARNING,
    }


def critical(servers: ServerSelection) -> FailurePolicy:
    return FailurePolicy(kind=PolicyKind.CRITICAL, servers=servers)


def test_a_critical_server_that_is_not_in_the_wave_is_told() -> None:
    made = plan(wave("a", "db", failure_policy=critical(ids(1, 3))), wave("b", "app"))
    assert told(made) == {("waves[0].failurePolicy.servers.ids[1]", "criticalServerNotInWave")}


def test_what_tags_mean_is_not_guessed() -> None:
    made = plan(wave("a", "web", failure_policy=critical(ids(9))))
    assert found(made) == []


def test_times_that_do_not_fit_are_warnings() -> None:
    made = plan(
        wave("a", "db", timeout_minutes=90), timeout_minutes=60, rto_minutes=61, rpo_minutes=1
    )
    assert {(one.place, one.code) for one in found(made)} == {
        ("waves[0].timeoutMinutes", "waveTimeoutBeyondPlan"),
        ("rtoMinutes", "objectiveBeyondTimeout"),
    }
    assert {one.severity for one in found(made)} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (plan(*(wave(f"w{n}", f"g{n}") for n in range(limits.WAVES + 1))), "tooManyWaves"),
        (plan(wave("w", *(f"g{n}" for n in range(limits.GROUPS_PER_PLAN + 1)))), "tooManyGroups"),
        (plan(wave("w" * limits.PLAN_BYTES, "db")), "tooLarge"),
    ],
)
def test_a_limit_is_told(made: PlanContent, code: str) -> None:
    groups = by_id(DB, *(group(f"g{n}") for n in range(100)))
    assert {one.code for one in found(made, groups)} == {code}


ANY_NAME = some.sampled_from(["a", "b", "B", "c", "nowhere"])
ANY_PLAN = some.lists(
    some.builds(
        wave,
        ANY_NAME,
        some.sampled_from([*ALL, "gone"]),
        after=some.lists(ANY_NAME, max_size=4).map(tuple),
    ),
    max_size=6,
).map(lambda waves: plan(*waves))


@given(ANY_PLAN)
def test_whatever_is_written_is_judged_and_every_place_exists(made: PlanContent) -> None:
    values = made.content_json()
    for one in found(made):
        assert one.problem
        assert one.remedy
        value = values
        for step in one.place.replace("]", "").replace("[", ".").split("."):
            value = value[int(step)] if step.isdigit() else value[step]  # type: ignore[index]


def test_many_servers_in_two_waves_are_one_finding() -> None:
    """Two groups may have hundreds in common; a list of them helps nobody."""
    numbers = range(300)
    both = by_id(group("one", ids(*numbers)), group("two", ids(*numbers)))
    [twice] = found(plan(wave("a", "one"), wave("b", "two")), both)
    assert (twice.place, twice.code) == ("waves[1].groupIds[0]", "serverInTwoWaves")
    assert "and 290 more" in twice.problem


def test_thousands_of_unknown_names_are_told_without_guessing_at_each() -> None:
    names = [f"{'abcdefghij' * 7}{n}" for n in range(50)]
    waves = [wave(name, "db", after=tuple(f"{name[::-1]}{n}" for n in range(50))) for name in names]
    problems = [one for one in found(plan(*waves)) if one.code == "unknownWave"]
    assert len(problems) == 2500
    assert problems[-1].remedy == f"Name one of: {', '.join(names[:10])} and 40 more."
