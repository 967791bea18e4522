"""What `reload` does to the place of a client: docs/live.md."""

import pytest

from breakwater.live.inbox import Inbox, Received


@pytest.fixture
def inbox() -> Inbox:
    inbox = Inbox()
    inbox.wanted(["list"])
    inbox.take({"type": "subscribed", "topic": "list", "cursor": 10})
    return inbox


def frame(after: int, name: str) -> dict[str, object]:
    place = {"topic": "list", "after": after, "cursor": after + 1}
    return {"type": "deltas", **place, "deltas": [{"type": name}]}


def test_a_reload_goes_on_from_its_cursor_and_drops_what_was_before(inbox: Inbox) -> None:
    inbox.take(frame(15, "old"))
    inbox.take(frame(40, "next"))
    received = inbox.take({"type": "reload", "topic": "list", "cursor": 40})
    assert received == Received(deltas=({"type": "next"},), reload=True)
    assert (inbox.cursors, inbox.gaps()) == ({"list": 41}, [])


def test_a_reload_sets_the_cursor_back_as_well(inbox: Inbox) -> None:
    received = inbox.take({"type": "reload", "topic": "list", "cursor": 5})
    assert received == Received(reload=True)
    assert inbox.cursors == {"list": 5}
    assert inbox.take(frame(5, "anew")).deltas == ({"type": "anew"},)
