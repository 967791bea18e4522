"""The screen of a run: what it says, and that it always fits."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater_local.drill.screen import Size, screen
from breakwater_local.style import Style, cells
from tests.examples import examples
from tests.unit.local.drill.made import at, half_way, later, launched, run, server, wave

TALL = 100


def drawn(told: dict[str, Any], width: int = 80, height: int = TALL, *notes: str) -> list[str]:
    return screen(told, Size(width=width, height=height), later(25), Style(), notes)


def test_a_run_half_way_on_eighty_columns() -> None:
    assert (
        "\n".join(drawn(half_way()))
        == """\
Drill of Sample shop                                                   ● RUNNING
Run 20261120-030000-0badcafe
Elapsed 25:00 of 1:00:00 RTO ███████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 41%
2 of 6 servers launched, 1 failed · 1 of 4 waves over
By your clock 0:25: time runs 60 × faster here

✓ database                   COMPLETED  2 of 2 servers                     15:30
  ✓ db-01                    LAUNCHED   LAUNCHED    i-0123456789abcdef0    15:00
  ✓ db-02                    LAUNCHED   LAUNCHED    i-0123456789abcdef0    15:30
● app-a                      LAUNCHING  0 of 2 servers                      8:00
  ● app-a-01                 LAUNCHING  IN_PROGRESS                         8:00
  ✗ app-a-02                 FAILED                                         7:00
    There is no capacity.
● app-b                      LAUNCHING  0 of 1 servers                      8:00
  ● app-b-01                 LAUNCHING  IN_PROGRESS                         8:00
· web                        PENDING    after app-a, app-b
  · web-01                   PENDING"""
    )


def test_on_sixty_columns_instance_ids_give_way() -> None:
    lines = drawn(half_way(), 60)
    assert lines[2] == "Elapsed 25:00 of 1:00:00 RTO ███████████░░░░░░░░░░░░░░░░ 41%"
    assert lines[6] == "✓ database                   COMPLETED  2 of 2         15:30"
    assert lines[7] == "  ✓ db-01                    LAUNCHED   LAUNCHED       15:00"


def test_on_forty_columns_what_drs_says_gives_way_too() -> None:
    lines = drawn(half_way(), 40)
    assert lines[7] == "  ✓ db-01            LAUNCHED      15:00"


def test_a_wave_that_waits_for_a_person_says_so_until_it_is_released() -> None:
    held = wave("web", "HELD", server("web-01"))
    assert "HELD       waits for you" in drawn(run(held))[6]
    assert "HELD       released" in drawn(run({**held, "released": True}))[6]


def test_what_keeps_a_run_from_going_on_stands_above_its_waves() -> None:
    told = run(
        attention=["DRS takes no more jobs in eu-west-1."],
        rtoAtRisk=True,
        cancelRequested={"by": "anna@example.com", "reason": "enough"},
        status="CANCELLING",
    )
    lines = drawn(told)
    assert "! DRS takes no more jobs in eu-west-1." in lines
    assert "! The recovery time objective is at risk." in lines
    assert "! anna@example.com cancelled it: enough" in lines


def test_after_the_objective_has_passed_the_bar_stays_as_long_as_it_is() -> None:
    lines = screen(run(), Size(width=80, height=TALL), later(90), Style())
    assert lines[2].startswith("Elapsed 1:30:00 of 1:00:00 RTO ███")
    assert lines[2].endswith("█ 150%")
    assert cells(lines[2]) == 80


def test_a_plan_without_an_objective_has_no_bar() -> None:
    assert drawn(run(rtoMinutes=None))[2] == "Elapsed 25:00; the plan has no RTO"


def test_a_run_that_is_over_counts_no_more() -> None:
    over = run(status="COMPLETED", endedAt=at(20))
    assert "Elapsed 20:00" in drawn(over)[2]


def test_where_time_is_real_nothing_is_said_of_clocks() -> None:
    assert not any("clock" in line for line in drawn(run(timeScale=1)))


def test_a_status_that_we_do_not_know_is_shown_as_unknown() -> None:
    told = run(wave("web", "DREAMING", server("web-01", "NAPPING")), status="MUSING")
    text = "\n".join(drawn(told))
    assert "? MUSING" in text
    assert "? web" in text
    assert "? web-01" in text


def test_steps_of_a_cleanup_are_told_with_their_causes() -> None:
    step = {"name": "Terminate 3 instances of web", "status": "FAILED", "cause": "Not allowed."}
    text = "\n".join(drawn(run(compensation=[step])))
    assert "✗ Terminate 3 instances of web" in text
    assert "Not allowed." in text


def test_a_real_recovery_is_never_called_a_drill() -> None:
    assert drawn(run(isDrill=False))[0].startswith("REAL RECOVERY of Sample shop")


def test_in_a_low_window_waves_and_trouble_are_the_last_to_go() -> None:
    lines = drawn(half_way(), 80, 16, "Release web?")
    text = "\n".join(lines)
    assert len(lines) <= 16
    assert "db-01" not in text
    assert "app-a-02" in text
    assert "· web " in text
    assert lines[-1] == "Release web?"


def test_in_the_lowest_window_it_says_what_is_missing() -> None:
    many = wave("web", "LAUNCHING", *(server(f"web-{one}", "FAILED") for one in range(500)))
    lines = drawn(run(many), 80, 20)
    assert len(lines) <= 20
    assert "more lines: a taller window shows them" in lines[-1]


def test_colours_are_used_where_there_are_any() -> None:
    size = Size(width=80, height=TALL)
    assert "\033[32m✓" in "\n".join(screen(half_way(), size, later(25), Style(colours=True)))


NAMES = st.text(max_size=40)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(NAMES, max_size=12), NAMES, st.integers(1, 200), st.integers(1, 60))
def test_whatever_things_are_called_it_fits_and_nothing_commands_the_terminal(
    names: list[str], said: str, width: int, height: int
) -> None:
    told = run(
        wave(said, "LAUNCHING", *(launched(name, 1, 2) for name in names), dependsOn=names),
        planName=said,
        cause=said or None,
        attention=names[:3],
    )
    for line in screen(told, Size(width=width, height=height), later(9), Style(), [said]):
        assert cells(line) <= max(width, 40)
        assert line.isprintable()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_in_ascii_it_is_as_wide_as_it_was(width: int) -> None:
    ascii_only = Style(unicode=False)
    for line in drawn(half_way(), width):
        shown = ascii_only.shown(line)
        assert shown.isascii()
        assert len(shown) == len(line)
