"""Watching a run: what is asked, what an answer does, and that a silent API ends nothing."""

import copy
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from breakwater_local.drill import watching
from breakwater_local.drill.answers import Answers
from breakwater_local.drill.watching import Watch, Watching
from breakwater_local.operations import Refused, Unanswered
from breakwater_local.problem import Problem
from tests.unit.local.drill.made import RUN, at, later, run, server, wave

PAUSED = run(wave("web", "HELD", server("web-01")), status="PAUSED", pauseEndsAt=at(1460))
BY_HAND = run(status="PAUSED", pauseRequested={"by": "anna@example.com", "reason": "wait"})
DONE = run(status="COMPLETED")


class Api:
    """Answers look after look; the last one for ever. An action ends the run."""

    def __init__(self, *looks: Any) -> None:
        self.looks = list(looks)
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.refuses: Refused | None = None

    def get(self, path: str) -> Any:
        assert path == f"/executions/{RUN}"
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        return copy.deepcopy(look)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        self.sent.append((path.rpartition("/")[2], dict(body)))
        if self.refuses:
            raise self.refuses
        return {"message": "It goes on now.", "takesEffectWithinSeconds": 0}


class Shown:
    """A display that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.questions: list[str] = []
        self.left = 0

    def show(self, told: Any, now: datetime, notes: Any = (), question: str = "") -> None:
        self.notes += [note for note in notes if note not in self.notes]
        self.questions.append(question)

    def leave(self, told: Any, now: datetime) -> None:
        self.left += 1


class Keyboard(Answers):
    """Somebody who types these lines, one each time they are waited for."""

    def __init__(self, *lines: str | None, there: bool = True) -> None:
        self.typed = ""
        self._there = there
        self.lines = list(lines)

    @contextmanager
    def unechoed(self) -> Any:
        yield

    def within(self, seconds: float) -> str | None:
        return self.lines.pop(0) if self.lines else None


def watched(api: Api, keyboard: Keyboard, *, yes: bool = False) -> tuple[Callable[[], Any], Shown]:
    shown = Shown()
    watch = Watch(
        api=api,  # type: ignore[arg-type]
        display=shown,  # type: ignore[arg-type]
        answers=keyboard,
        yes=yes,
        now=lambda: later(25),
    )
    return Watching(watch, RUN).to_the_end, shown


def test_it_looks_until_the_run_is_over() -> None:
    watch, shown = watched(Api(run(), run(), DONE), Keyboard())
    assert watch() == DONE
    assert shown.left == 1
    assert set(shown.questions) == {""}


def test_at_a_pause_it_asks_and_yes_releases_what_is_held() -> None:
    api = Api(PAUSED, DONE)
    watch, shown = watched(api, Keyboard("y"))
    watch()
    assert shown.questions[0].startswith("Release web? [y/N/c to cancel with cleanup]")
    [(action, body)] = api.sent
    assert action == "resume"
    assert body["waves"] == ["web"]
    assert body["reason"] == watching.RELEASED


def test_c_cancels_with_cleanup() -> None:
    api = Api(PAUSED, run(status="CANCELLED"))
    watch, _ = watched(api, Keyboard("c"))
    watch()
    assert api.sent == [("cancel", {"reason": watching.CANCELLED, "cleanup": True})]


@pytest.mark.parametrize("answer", ["n", "", "N", "yesterday"])
def test_anything_else_changes_nothing_and_says_how_long_it_waits(answer: str) -> None:
    api = Api(PAUSED, PAUSED, DONE)
    watch, shown = watched(api, Keyboard(answer))
    watch()
    assert api.sent == []
    assert "At 03:24 UTC it ends by itself" in shown.notes[0]


def test_a_pause_that_somebody_asked_for_is_resumed_without_names() -> None:
    api = Api(BY_HAND, DONE)
    watch, shown = watched(api, Keyboard("yes"))
    watch()
    assert shown.questions[0].startswith("Resume the run?")
    assert api.sent == [("resume", {"reason": watching.RELEASED})]


def test_with_yes_it_releases_once_by_itself_and_says_why() -> None:
    held = run(wave("web", "HELD", server("web-01")))
    api = Api(held, held, held, DONE)
    watch, _ = watched(api, Keyboard(there=False), yes=True)
    watch()
    assert api.sent == [("resume", {"reason": watching.RELEASED_BY_ITSELF, "waves": ["web"]})]


def test_yes_does_not_end_a_pause_that_somebody_asked_for() -> None:
    api = Api(BY_HAND, DONE)
    watch, _ = watched(api, Keyboard(there=False), yes=True)
    watch()
    assert api.sent == []


def test_where_nobody_can_answer_it_says_how_and_watches_on() -> None:
    api = Api(PAUSED, PAUSED, DONE)
    watch, shown = watched(api, Keyboard(there=False))
    assert watch() == DONE
    assert f"make drill RUN={RUN} YES=1" in shown.questions[0]
    assert api.sent == []


def test_somebody_who_was_faster_is_told_not_fought() -> None:
    api = Api(PAUSED, run(), DONE)
    api.refuses = Refused(409, "anna resumed it", None, "look")
    watch, shown = watched(api, Keyboard("y"))
    watch()
    assert "Not done: anna resumed it" in shown.notes


def test_an_answer_that_comes_too_late_does_nothing() -> None:
    api = Api(run(), DONE)
    watch, _ = watched(api, Keyboard("c"))
    watch()
    assert api.sent == []


def test_an_api_that_is_silent_for_a_while_ends_nothing() -> None:
    silence = Unanswered("silence", "wait")
    busy, many = Refused(503, "busy", None, ""), Refused(429, "too many", None, "")
    api = Api(run(), silence, busy, many, DONE)
    watch, shown = watched(api, Keyboard())
    assert watch() == DONE
    assert any("The API does not answer" in note for note in shown.notes)


def test_an_api_that_stays_silent_is_left_with_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "BLIND_SECONDS", 0.0)
    watch, shown = watched(Api(run(), Unanswered("silence", "wait")), Keyboard())
    with pytest.raises(Problem, match="it goes on by itself") as lost:
        watch()
    assert f"make drill RUN={RUN}" in lost.value.remedy
    assert shown.left == 1


def test_a_run_that_does_not_exist_is_refused_at_once() -> None:
    watch, _ = watched(Api(Refused(404, "There is no such run.", None, "")), Keyboard())
    with pytest.raises(Refused, match="no such run"):
        watch()


def test_keys_become_lines_and_can_be_taken_back() -> None:
    keyboard = Keyboard()
    assert keyboard.take("n\x7fy") is None
    assert keyboard.typed == "y"
    assert keyboard.take("\x1b\r") == "y"
    assert keyboard.typed == ""
