"""What is late is made at its first use, once, and is then what it stands for."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from breakwater.platform.late import when_used
from breakwater.platform.settings import MissingSetting, require_settings


class Thing:
    """Something that costs."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.name = "thing"

    def said(self, word: str) -> str:
        return f"{self.name}: {word}"


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    Thing.made = 0


def test_it_is_not_made_before_it_is_used() -> None:
    when_used(Thing)
    assert Thing.made == 0


def test_it_does_what_the_thing_does_and_is_made_once() -> None:
    late = when_used(Thing)
    assert (late.said("yes"), late.name) == ("thing: yes", "thing")
    assert Thing.made == 1


def test_what_the_thing_lacks_it_lacks_too() -> None:
    with pytest.raises(AttributeError, match="'Thing' object has no attribute 'missing'"):
        _ = when_used(Thing).missing  # type: ignore[attr-defined]


def test_what_could_not_be_made_is_tried_again() -> None:
    silent = [True]

    def make() -> Thing:
        if silent.pop():
            raise RuntimeError("AWS does not answer")
        return Thing()

    late = when_used(make)
    with pytest.raises(RuntimeError):
        late.said("no")
    silent.append(False)
    assert late.said("yes") == "thing: yes"


def test_many_who_use_it_at_once_use_one() -> None:
    together = threading.Barrier(8)
    late = when_used(Thing)

    def use(_: int) -> str:
        together.wait()
        return late.said("all")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(use, range(8))) == {"thing: all"}
    assert Thing.made == 1


def test_what_is_late_may_need_what_is_late() -> None:
    inner = when_used(Thing)

    def make() -> Thing:
        outer = Thing()
        outer.name = inner.said("inside")
        return outer

    assert when_used(make).name == "thing: inside"


def test_settings_that_are_read_later_are_missed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THERE", "yes")
    require_settings("THERE")
    with pytest.raises(MissingSetting, match="NOT_THERE is not set"):
        require_settings("THERE", "NOT_THERE")
