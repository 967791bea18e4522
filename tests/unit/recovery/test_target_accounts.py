"""How accounts are reached, and what is said where one does not let us in."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config

from breakwater import contract
from breakwater.recovery.target import Target
from breakwater.recovery.target_accounts import TargetAccounts
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.fake_drs import refusal
from tests.unit.recovery.made import AT, HERE

THERE = Target(account_id="444455556666", region="eu-west-1")
ELSEWHERE = Target(account_id="444455556666", region="eu-central-1")


class World:
    """STS, a clock, and the clients that were made."""

    def __init__(self) -> None:
        self.now = AT
        self.assumed: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def assume_role(self, **parameters: Any) -> Any:
        if self.error:
            raise self.error
        self.assumed.append(parameters)
        return {
            "Credentials": {
                "AccessKeyId": f"key-{len(self.assumed)}",
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": self.now + timedelta(hours=1),
            }
        }

    def clock(self) -> datetime:
        return self.now

    def accounts(self) -> TargetAccounts:
        return TargetAccounts(
            self,
            own_account="111122223333",
            role_name=contract.target_role_name("dev"),
            external_id="word",
            clock=self.clock,
            make_client=make_client,
        )


def make_client(
    service: str, region: str, credentials: Mapping[str, Any] | None, config: Config
) -> Any:
    return [service, region, credentials["AccessKeyId"] if credentials else "own"]


def test_our_own_account_is_reached_without_a_role() -> None:
    world = World()
    assert world.accounts().client("drs", HERE) == ["drs", "eu-west-1", "own"]
    assert world.assumed == []


def test_another_account_is_reached_by_its_role_and_our_external_id() -> None:
    world = World()
    assert world.accounts().client("drs", THERE) == ["drs", "eu-west-1", "key-1"]
    assert world.assumed == [
        {
            "RoleArn": "arn:aws:iam::444455556666:role/BreakwaterTarget-dev",
            "RoleSessionName": "breakwater",
            "ExternalId": "word",
            "DurationSeconds": 3600,
        }
    ]


def test_a_role_is_assumed_once_for_all_services_and_regions() -> None:
    world = World()
    accounts = world.accounts()
    first = accounts.client("drs", THERE)
    accounts.client("ec2", THERE)
    accounts.client("drs", ELSEWHERE)
    assert accounts.client("drs", THERE) is first
    assert len(world.assumed) == 1


def test_a_role_is_assumed_again_shortly_before_it_expires() -> None:
    world = World()
    accounts = world.accounts()
    accounts.client("drs", THERE)
    world.now += timedelta(minutes=54, seconds=59)
    assert accounts.client("drs", THERE)[2] == "key-1"
    world.now += timedelta(seconds=1)
    assert accounts.client("drs", THERE)[2] == "key-2"
    assert accounts.client("ec2", THERE)[2] == "key-2"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AccessDenied", "its ExternalId is not that of this environment"),
        ("AccessDenied", "the role does not exist"),
        ("NoSuchEntity", "has no role arn:aws:iam::444455556666:role/BreakwaterTarget-dev"),
        ("RegionDisabledException", "STS is turned off in account 444455556666"),
        ("ExpiredToken", "ExpiredToken: the words of AWS"),
    ],
)
def test_a_refusal_is_a_reason_that_a_person_understands(code: str, told: str) -> None:
    world = World()
    world.error = refusal(code, "AssumeRole", "the words of AWS")
    with pytest.raises(Unreachable) as silent:
        world.accounts().client("drs", THERE)
    assert told in silent.value.reason
    assert "the words of AWS" in silent.value.reason


def test_a_refusal_is_not_remembered() -> None:
    world = World()
    accounts = world.accounts()
    world.error = refusal("AccessDenied")
    with pytest.raises(Unreachable):
        accounts.client("drs", THERE)
    world.error = None
    assert accounts.client("drs", THERE)[2] == "key-1"


def test_a_client_is_made_with_patience_that_ends() -> None:
    accounts = TargetAccounts(
        World(), own_account="", role_name="r", external_id="w", clock=lambda: AT
    )
    config = accounts.client("drs", THERE).meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 4)
    assert config.retries["total_max_attempts"] == 3


def test_sts_is_not_asked_for_before_another_account_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cold start does not pay for it."""
    made: list[str] = []
    monkeypatch.setattr(boto3.Session, "client", lambda _, service, **__: made.append(service))
    world = World()
    accounts = TargetAccounts(
        own_account="111122223333",
        role_name="r",
        external_id="w",
        clock=world.clock,
        make_client=make_client,
    )
    accounts.client("drs", HERE)
    assert made == []
    with pytest.raises(AttributeError):  # the client that was made is None
        accounts.client("drs", THERE)
    assert made == ["sts"]


def test_an_account_that_is_slow_holds_up_nobody_else() -> None:
    world, asked, answered = World(), threading.Event(), threading.Event()
    assume = world.assume_role

    def slowly(**parameters: Any) -> Any:
        asked.set()
        assert answered.wait(timeout=60)
        return assume(**parameters)

    world.assume_role = slowly  # type: ignore[method-assign]
    accounts = world.accounts()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(accounts.client, "drs", THERE)
        assert asked.wait(timeout=60)
        assert accounts.client("drs", HERE)[2] == "own"
        answered.set()
        assert slow.result()[2] == "key-1"


def test_what_was_made_for_places_that_somebody_named_does_not_pile_up() -> None:
    made: list[str] = []

    def make(service: str, region: str, _: Mapping[str, Any] | None, __: Config) -> Any:
        made.append(region)
        return [service, region]

    world = World()
    accounts = TargetAccounts(
        world,
        own_account="111122223333",
        role_name="r",
        external_id="w",
        clock=world.clock,
        make_client=make,
    )
    places = [Target(account_id="111122223333", region=f"xx-any-{n}") for n in range(200)]
    for place in places:
        accounts.client("drs", place)
    accounts.client("drs", places[-1])
    assert len(made) == 200
    accounts.client("drs", places[0])
    assert made[200:] == ["xx-any-0"]


def test_regions_share_what_is_known_of_a_service() -> None:
    """Else each reads it anew, and holds it: 170 MB for EC2 and DRS in five Regions."""
    accounts = TargetAccounts(
        own_account="111122223333",
        role_name="role",
        external_id="word",
        clock=lambda: AT,
        partition="aws",
    )
    clients = [
        accounts.client("drs", Target(account_id="111122223333", region=region))
        for region in ("eu-west-1", "us-east-1")
    ]
    assert [client.meta.region_name for client in clients] == ["eu-west-1", "us-east-1"]
    first, second = (client.meta.service_model.metadata for client in clients)
    assert first is second
