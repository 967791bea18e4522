"""What `subscribed` and `reload` do to the place of a client: docs/live.md."""

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


def test_what_was_asked_and_not_answered_is_asked_again(inbox: Inbox) -> None:
    """A new connection: the server that took `subscribe` may have failed."""
    assert inbox.overdue(0.0) == []
    assert inbox.wanted(["list"]) == [{"topic": "list", "cursor": 10}]
    assert inbox.overdue(100.0) == []
    assert inbox.overdue(101.9) == []
    assert inbox.overdue(102.0) == ["list"]
    assert inbox.overdue(103.0) == []
    inbox.take({"type": "subscribed", "topic": "list", "cursor": 10})
    assert inbox.gaps() == inbox.overdue(200.0) == []


def test_what_subscribed_promised_and_did_not_come_is_missing(inbox: Inbox) -> None:
    inbox.wanted(["list"])
    inbox.take({"type": "subscribed", "topic": "list", "cursor": 12})
    assert inbox.gaps() == ["list"]
    assert inbox.overdue(0.0) == []
    inbox.take(frame(10, "one"))
    assert inbox.overdue(2.0) == []  # it moves: the rest is under way
    assert inbox.overdue(4.0) == ["list"]
    inbox.take(frame(11, "two"))
    assert inbox.gaps() == []
