"""Groups and plans made for a test, and how their answers are read."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from breakwater.contract import Role
from tests.integration.api.conftest import Api, group_of, source_servers, unique
from tests.integration.asked import Answer
from tests.integration.waiting import until

NOT_INITIALIZED = "us-east-1"
SOMEBODY_ELSES = "123456789012"
NO_SUCH_SERVER = "s-00000000000000000"
REQUESTS = "RequestsC42AC379"


@pytest.fixture(scope="module")
def servers(api: Api) -> Mapping[str, str]:
    """The ids of the simulator's servers, by name."""
    return source_servers(api)


Make = Callable[..., dict[str, Any]]


@pytest.fixture
def group(api: Api) -> Make:
    """Makes a protection group of these ids."""

    def make(*ids: str, **other: Any) -> dict[str, Any]:
        body = group_of("group", *ids, **other)
        made: dict[str, Any] = api.done("POST", "/protection-groups", body, role=Role.PLANNER)
        return made

    return make


def plan_of(*group_ids: str, **other: Any) -> dict[str, Any]:
    """A plan's body: a wave for each group, one after the other."""
    waves = [
        {"name": f"wave {n}", "groupIds": [one], "dependsOn": [f"wave {n - 1}"] if n else []}
        for n, one in enumerate(group_ids)
    ]
    return {"name": unique("plan"), "waves": waves, **other}


@pytest.fixture
def plan(api: Api) -> Make:
    """Makes a recovery plan with a wave for each of these groups."""

    def make(*group_ids: str, **other: Any) -> dict[str, Any]:
        body = plan_of(*group_ids, **other)
        made: dict[str, Any] = api.done("POST", "/recovery-plans", body, role=Role.PLANNER)
        return made

    return make


def begun(api: Api, body: dict[str, Any]) -> str:
    """A run that was accepted: another that has ended may hold its servers for another minute."""
    told: list[Answer] = []

    def accepted() -> bool:
        told[:] = [api.call("POST", "/executions", body, role=Role.OPERATOR)]
        return told[0].status != 409

    until(accepted, lambda: told, every=1)
    assert told[0].status < 300, told
    return str(told[0].json["executionId"])


def validated(api: Api, made: dict[str, Any]) -> dict[str, Any]:
    path = f"/recovery-plans/{made['planId']}/validate"
    told: dict[str, Any] = api.done("POST", path, role=Role.VIEWER)
    return told


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """No more of them than the embedded AWS runs functions."""
    with ThreadPoolExecutor(max_workers=min(len(calls), 6)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def told_places(answer: Answer) -> dict[str, str]:
    """The places that a refusal names, and what it says of each."""
    return {found["place"]: found["problem"] for found in answer.error["details"]}
