"""Who may listen to live updates, and how long: tickets, roles, the end of a sign-in."""

import contextlib
import time
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from breakwater.contract import Role
from breakwater.live.ticket import Ticket
from breakwater.live.ticket_store import TicketStore
from breakwater_local.emulator import Emulator
from tests.integration.api.conftest import Api
from tests.integration.api.listening import ask, connected, given, keys_of_connections
from tests.integration.deployed import table as table_of
from tests.integration.waiting import PATIENCE


@pytest.fixture(scope="module")
def table(aws: Emulator) -> str:
    return table_of(aws, "api", "LiveTable")


def refusal(url: str) -> int:
    with pytest.raises(InvalidStatus) as refused, connected(url):
        pass
    return int(refused.value.response.status_code)


def test_a_ticket_lets_one_connect_once(api: Api) -> None:
    url = given(api)
    with connected(url) as it:
        assert ask(it, action="subscribe", topics=[{"topic": "list"}])["type"] == "subscribed"
    assert refusal(url) == 403


def test_a_forged_ticket_is_refused_and_so_is_none(api: Api) -> None:
    base = given(api).split("?")[0]
    assert refusal(f"{base}?ticket={'x' * 43}") == 403
    assert refusal(base) == 401


@pytest.mark.parametrize("over", ["expires_at", "signed_in_until"])
def test_an_old_ticket_is_refused(aws: Emulator, api: Api, table: str, over: str) -> None:
    now = time.time()
    times = {"expires_at": now + 3600, "signed_in_until": now + 3600, over: now - 1}
    secret = TicketStore(aws.client("dynamodb"), table).give(
        Ticket(subject="a", name="a", roles=frozenset({Role.VIEWER}), **times)
    )
    assert refusal(f"{given(api).split('?', maxsplit=1)[0]}?ticket={secret}") == 403


def test_who_has_no_role_gets_no_ticket(api: Api, newcomer: Callable[..., str]) -> None:
    refused = api.call("POST", "/live/ticket", token=newcomer())
    assert (refused.status, refused.error["code"]) == (403, "forbidden")


def test_who_lost_every_role_hears_nothing(aws: Emulator, api: Api, table: str) -> None:
    """Roles apply to topics, whatever let somebody connect."""
    until_then = time.time() + 3600
    secret = TicketStore(aws.client("dynamodb"), table).give(
        Ticket(
            subject="a",
            name="a",
            roles=frozenset(),
            signed_in_until=until_then,
            expires_at=until_then,
        )
    )
    with connected(f"{given(api).split('?', maxsplit=1)[0]}?ticket={secret}") as it:
        answer = ask(it, action="subscribe", topics=[{"topic": "list"}])
        assert (answer["type"], answer["code"]) == ("error", "forbidden")


def test_a_connection_ends_when_the_sign_in_does(aws: Emulator, api: Api, table: str) -> None:
    with connected(given(api)) as it:
        assert ask(it, action="subscribe", topics=[{"topic": "list"}])["type"] == "subscribed"
        assert ask(it, action="ping", cursors={})["type"] == "pong"
        dynamodb = aws.client("dynamodb")
        for key in keys_of_connections(aws, table):
            # Those of earlier tests may go at this very moment.
            with contextlib.suppress(dynamodb.exceptions.ConditionalCheckFailedException):
                dynamodb.update_item(
                    TableName=table,
                    Key=key,
                    UpdateExpression="SET signedInUntil = :past",
                    ConditionExpression="attribute_exists(signedInUntil)",
                    ExpressionAttributeValues={":past": {"N": str(time.time() - 1)}},
                )
        said = ask(it, action="ping", cursors={})
        assert said == {"type": "bye", "reason": "signInEnded"}
        with pytest.raises(ConnectionClosed):
            it.recv(timeout=PATIENCE)
