"""Source servers, for people to look at."""

from dataclasses import replace
from typing import Any

import pytest

from breakwater.platform.http.errors import BadRequest
from breakwater.platform.pagination import cursor_of
from breakwater.recovery.server_listing import ServerListing
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.fake_drs import FakeDirectory
from tests.unit.recovery.made import HERE, group, ids, server, server_id


def test_a_group_shows_what_it_resolves_to_now_with_the_newest_snapshot() -> None:
    directory = FakeDirectory(
        server(1), server(2, tags={"tier": "web"}), snapshots={server_id(1): "2026-11-20T02:00:00Z"}
    )
    page = ServerListing(directory).of_group(group("db"))
    assert [one.server_id for one in page.items] == [server_id(1)]
    assert page.to_json()["items"][0]["lastSnapshotAt"] == "2026-11-20T02:00:00Z"
    assert page.to_json()["partial"] is False


def test_ids_that_drs_does_not_know_are_named() -> None:
    page = ServerListing(FakeDirectory(server(1))).of_group(group("db", ids(1, 2)))
    assert list(page.missing) == [server_id(2)]


def test_a_group_of_many_servers_is_shown_page_by_page_and_snapshots_of_each_page_only() -> None:
    directory = FakeDirectory(*(server(number) for number in range(5)))
    listing, shown, cursor = ServerListing(directory), [], None
    while True:
        page = listing.of_group(group("db"), cursor=cursor, limit=2)
        shown.append([one.server_id for one in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == [[server_id(0), server_id(1)], [server_id(2), server_id(3)], [server_id(4)]]
    assert directory.asked.count("snapshot") == 5


def test_a_cursor_ends_with_the_version_of_its_group() -> None:
    listing = ServerListing(FakeDirectory(*(server(number) for number in range(5))))
    cursor = listing.of_group(group("db"), limit=2).next_cursor
    with pytest.raises(BadRequest):
        listing.of_group(replace(group("db"), version=2), cursor=cursor, limit=2)


def test_an_account_and_region_is_listed_as_drs_pages_it() -> None:
    listing = ServerListing(FakeDirectory(*(server(number) for number in range(3))))
    first = listing.of_target(HERE, limit=2)
    second = listing.of_target(HERE, limit=2, cursor=first.next_cursor)
    assert [len(first.items), len(second.items)] == [2, 1]
    assert second.next_cursor is None


def test_drs_that_was_never_set_up_has_no_servers() -> None:
    page = ServerListing(FakeDirectory(initialized=False)).of_group(group("db")).to_json()
    assert (page["items"], page["initialized"], page["partial"]) == ([], False, False)


def test_a_place_that_cannot_be_asked_says_why() -> None:
    listing = ServerListing(FakeDirectory(server(1), silent=("inventory", "page")))
    for page in (listing.of_group(group("db")), listing.of_target(HERE)):
        told = page.to_json()
        assert told["items"] == []
        assert told["partial"] is True
        assert "was not answered" in told["unreachable"]


def test_without_snapshots_the_servers_are_still_there() -> None:
    listing = ServerListing(FakeDirectory(server(1), silent=("snapshot",)))
    told = listing.of_target(HERE).to_json()
    assert len(told["items"]) == 1
    assert told["unreachable"] == "snapshot was not answered"


@pytest.mark.parametrize("position", [{}, {"token": {"a": 1}}, {"token": 7}, {"after": "x"}])
def test_a_place_that_was_made_up_is_a_400(position: Any) -> None:
    question = {"list": "sourceServers", "account": HERE.account_id, "region": HERE.region}
    with pytest.raises(BadRequest):
        ServerListing(FakeDirectory()).of_target(HERE, cursor=cursor_of(position, question))


def test_a_place_that_drs_does_not_know_is_a_400_and_not_silence() -> None:
    class Forgetful(FakeDirectory):
        def page(self, *_: Any, **__: Any) -> Any:
            raise Unreachable("no such token", "ValidationException")

    question = {"list": "sourceServers", "account": HERE.account_id, "region": HERE.region}
    with pytest.raises(BadRequest, match="DRS does not know, or not any more"):
        ServerListing(Forgetful()).of_target(HERE, cursor=cursor_of({"token": "t"}, question))
    assert ServerListing(Forgetful()).of_target(HERE).unreachable == "no such token"
