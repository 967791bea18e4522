"""The page: safe with any names, complete without anything else, and of a sane size."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from breakwater.recovery.report.page.gantt_scale import Scale, thinned
from breakwater.recovery.report.page.markup import Html, plain_name, tag, text
from breakwater.recovery.report.page.page_of import page_of
from tests.unit.recovery.made_run import TOKEN, at
from tests.unit.recovery.report.far_scenes import ALL, HOSTILE, hostile, large, open_and_fast
from tests.unit.recovery.report.scenes import cancelled, completed, failed


class Elements(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def words(page: str) -> str:
    """What people read, in its order."""
    body = page.partition("</head>")[2]
    return re.sub(r"\s+", " ", " ".join(Elements(body).texts))


@pytest.mark.parametrize("scene", ALL)
def test_a_page_runs_nothing_and_loads_nothing(scene: str) -> None:
    elements = Elements(page_of(ALL[scene]().report())).found
    forbidden = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use"}
    assert not forbidden & {name for name, _ in elements}
    for _, attributes in elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
        assert not {"src", "srcset", "xlink:href", "style"} & set(attributes)
    assert ("meta", "default-src 'none'") in {
        (name, (attributes.get("content") or "")[:18]) for name, attributes in elements
    }


@pytest.mark.parametrize("scene", ALL)
def test_every_link_within_a_page_leads_somewhere_and_every_id_is_there_once(scene: str) -> None:
    elements = Elements(page_of(ALL[scene]().report())).found
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    links = {str(attributes["href"])[1:] for _, attributes in elements if "href" in attributes}
    assert len(ids) == len(set(ids))
    assert links == set(ids)


def test_hostile_names_are_shown_as_they_are_and_do_nothing() -> None:
    page = page_of(hostile().report())
    assert "<script>alert('x')</script><img src=x onerror=alert(1)>" in Elements(page).texts
    assert "\x00" not in page
    assert page.encode("utf-8")
    bare = tag("td", HOSTILE[1])
    assert str(bare).count("\u202e") == 1  # the cell isolates it
    assert "\u202e" not in plain_name(HOSTILE[1])


def test_text_is_escaped_and_markup_is_not_escaped_twice() -> None:
    assert tag("p", "a < b", tag("b", "&"), title='"') == (
        '<p title="&quot;">a &lt; b<b>&amp;</b></p>'
    )
    assert isinstance(tag("p"), Html)
    assert text("\x1b[31m\ud800") == "\ufffd[31m\ufffd"


def test_a_drill_and_a_real_recovery_cannot_be_confused() -> None:
    assert "DRILL" in words(page_of(completed().report()))
    real = words(page_of(failed().report()))
    assert "REAL RECOVERY" in real
    assert "DRILL" not in real


def test_an_open_run_says_as_of_when_and_how_fast_its_clock_is() -> None:
    told = words(page_of(open_and_fast().report()))
    assert "Not final: as of 2026-11-20 03:00:40 UTC. The run is PAUSED." in told
    assert "60 times faster than the wall clock" in told
    assert "40 min (40 s wall)" in told


def test_a_final_report_says_nothing_of_clocks_or_of_being_open() -> None:
    told = words(page_of(completed().report()))
    assert "Not final" not in told
    assert "wall)" not in told


def test_an_incomplete_cleanup_is_seen_at_once_and_in_detail() -> None:
    told = words(page_of(cancelled().report()))
    assert "its cleanup is incomplete." in told[:300]
    assert "AccessDeniedException: drs:TerminateRecoveryInstances" in told


def test_no_token_can_be_read_from_a_page() -> None:
    scene = open_and_fast()
    scene.run = replace(scene.run, cause=f"not answered: {TOKEN}")
    assert TOKEN[:12] not in page_of(scene.report())


def test_a_page_of_a_thousand_servers_is_below_a_megabyte_and_shows_each() -> None:
    page = page_of(large().report())
    assert len(page.encode()) < 1_000_000
    assert all(f">host-{wave:02d}-{n:02d}<" in page for wave in (0, 25, 49) for n in range(20))


def test_where_servers_are_many_only_troubled_waves_are_open_and_alike_events_are_one() -> None:
    page = page_of(large().report())
    opened = [attributes for name, attributes in Elements(page).found if name == "details"]
    assert [("open" in one) for one in opened] == [True] + [False] * 49
    assert "20 servers of" in words(page)


def test_paper_shows_what_is_folded_on_a_screen() -> None:
    page = page_of(large().report())
    assert "details::details-content{content-visibility:visible" in page
    assert "prefers-color-scheme:dark" in page


def test_the_axis_goes_on_to_an_objective_that_is_near() -> None:
    near, far = completed(), completed(rto_minutes=600)
    assert Scale.of(near.report()).seconds == pytest.approx(60 * 60 * 1.02)
    assert Scale.of(far.report()).seconds == pytest.approx(55.2 * 60)


@pytest.mark.parametrize("minutes", [0.01, 0.5, 7, 55, 300, 3_000, 500_000])
def test_an_axis_has_few_ticks_at_even_times(minutes: float) -> None:
    scene = completed(rto_minutes=None)
    scene.run = replace(scene.run, ended_at=at(minutes))
    ticks = Scale.of(scene.report()).ticks()
    assert 1 <= len(ticks) <= 9
    assert ticks[0] == (0, 0)
    assert all(0 <= percent <= 100 for percent, _ in ticks)


def test_what_lies_outside_the_axis_is_at_its_edge() -> None:
    scale = Scale.of(completed().report())
    assert scale.percent(at(-5)) == 0
    assert scale.percent(at(1_000)) == 100


def test_marks_that_would_lie_on_each_other_are_drawn_once() -> None:
    assert thinned([5.0, 1.0, 1.1, 1.2, 5.1]) == [1.0, 5.0]


def test_the_frozen_plan_tells_each_policy_and_selection_in_words() -> None:
    scene = completed()
    first, second, *_ = scene.plan["plan"]["waves"]
    first["failurePolicy"] = {"kind": "critical", "servers": {"tags": {"tier": "db"}}}
    second["failurePolicy"] = {"kind": "atLeast", "percent": 80}
    scene.plan["groups"][0]["servers"] = {"ids": [f"s-{n}" for n in range(12)]}
    told = words(page_of(scene.report()))
    assert "the critical ones: those with tier = db" in told
    assert "at least 80 %" in told
    assert "s-9 and 2 more" in told
