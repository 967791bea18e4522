"""Runs from the request to the end, IAM enforced: what tests/engine tells of one process.

All stories go on at the same time, each with servers of its own. Success, release and cleanup, a
plain failure and a cancellation are told by tests/integration/test_drill.py.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from breakwater.contract import Role
from breakwater_local import emulator
from breakwater_local.drs import process as drs
from breakwater_local.drs.files.servers import SAMPLE
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from stacks.environments import LOCAL
from tests.integration.accounts.other_account import deploy, remove
from tests.integration.api.conftest import Api
from tests.integration.api.stories import FAR_ACCOUNT, SPARE_REGION, Stories, servers, waves
from tests.integration.waiting import until

SPEED = 240
"""Of the simulator: a recovery takes four seconds, and three hours are 45.

Whoever acts while a server is launched has its slow phase for it: twenty seconds and more.
"""

FAULTS = """\
faults:
  - {fault: launch-fails, server: app-b-01, phase: snapshot}
  - {fault: slow-phase, server: app-b-02, phase: conversion, takes: 40m}
  - {fault: launch-fails, server: web-01}
  - {fault: slow-phase, server: app-a-01, phase: conversion, takes: 1h30m}
  - {fault: slow-phase, server: db-01, phase: conversion, takes: 3h}
"""
STATE_BYTES = 2048
FAR = f"""
  - account: "{FAR_ACCOUNT}"
    region: {REGION}
    servers: [{{name: far-01}}, {{name: far-02}}]
  - account: "{ACCOUNT}"
    region: {SPARE_REGION}
    servers: [{{name: spare-01}}, {{name: spare-02}}, {{name: spare-03}}]
"""
"""Servers of another account, and more of ours."""

Ended = dict[str, Any]


def paused_on_request(people: Stories) -> Ended:
    """After its first wave; then somebody resumes it, and somebody else is too late."""
    run = people.start(
        people.wave("first", "app-a-01"), people.wave("second", "app-a-02", dependsOn=["first"])
    )
    people.until(run, lambda it: waves(it).get("first") == "LAUNCHING")
    people.act(run, "pause")
    paused = people.until(run, lambda it: it["status"] == "PAUSED")
    assert waves(paused) == {"first": "COMPLETED", "second": "PENDING"}
    people.act(run, "resume")
    again = {"reason": "a story's second thought"}
    second = people.call("POST", f"/executions/{run}/resume", again, role=Role.OPERATOR)
    assert second.status == 409, second
    return people.ended(run)


def cancelled_while_paused(people: Stories) -> Ended:
    """What it had launched by then is taken away."""
    run = people.start(
        people.wave("first", "spare-03"),
        people.wave("only", "app-a-03", dependsOn=["first"], pauseBefore=True),
    )
    people.until(run, lambda it: it["status"] == "PAUSED")
    people.act(run, "cancel", cleanup=True)
    return people.ended(run)


def stopped_by_a_failure(people: Stories) -> Ended:
    """What runs is watched to its end; nothing new starts."""
    run = people.start(
        people.wave("lost", "app-b-01"),
        people.wave("apart", "app-b-02"),
        people.wave("after it", "app-b-03", dependsOn=["apart"]),
        onFailure="stop",
    )
    return people.ended(run)


def failed_and_retried(people: Stories) -> Ended:
    """What is independent goes on; the retry does the rest."""
    run = people.start(
        people.wave("lost", "web-01"),
        people.wave("after the lost", "web-02", dependsOn=["lost"]),
        people.wave("apart", "web-03"),
        onFailure="continueIndependent",
    )
    first = people.ended(run)
    retried = people.act(run, "retry")
    return {**first, "then": people.ended(retried["executionId"])}


def timed_out(people: Stories) -> Ended:
    """DRS takes longer than the plan allows; the leases stay until it is done."""
    run = people.start(people.wave("slow", "db-01"), timeoutMinutes=5)
    people.until(run, lambda it: it["status"] == "TIMED_OUT")
    assert people.leased_by(run)
    return people.ended(run)


def nobody_resumes(people: Stories) -> Ended:
    """The watch ends it: the embedded AWS has no timeouts of callbacks."""
    run = people.start(people.wave("held", "db-02", pauseBefore=True), pauseTimeoutMinutes=1)
    return people.ended(run)


def recovered_in_another_account(people: Stories) -> Ended:
    """By the role that lets Breakwater in there; then paused, cancelled and cleaned up."""
    run = people.start(
        people.wave("far", "far-01"),
        people.wave("held", "far-02", dependsOn=["far"], pauseBefore=True),
    )
    people.until(run, lambda it: it["status"] == "PAUSED")
    people.act(run, "cancel", cleanup=True)
    return people.ended(run)


def stopped_from_outside(people: Stories) -> Ended:
    """Somebody ends the state machine's execution in the console; the watch notices."""
    run = people.start(people.wave("held", "spare-01", pauseBefore=True))
    paused = people.until(run, lambda it: it["status"] == "PAUSED")
    people.aws.client("stepfunctions").stop_execution(
        executionArn=paused["stateMachineExecutionArn"], cause="by mistake"
    )
    return people.ended(run)


STORIES = (
    *(recovered_in_another_account, stopped_from_outside),
    *(paused_on_request, stopped_by_a_failure, failed_and_retried, nobody_resumes),
    *(timed_out, cancelled_while_paused),
)


@pytest.fixture(scope="module")
def people(
    api: Api, aws: Emulator, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stories]:
    """With a simulator that is quick and in which things go wrong; as it was before, afterwards."""
    script: Path = tmp_path_factory.mktemp("stories") / "faults.yaml"
    script.write_text(FAULTS, encoding="utf-8")
    servers = script.with_name("servers.yaml")
    servers.write_text(SAMPLE.read_text(encoding="utf-8") + FAR, encoding="utf-8")
    stories = Stories(api=api, aws=aws, place=place)
    until(lambda: not stories.leased_by(), lambda: "runs of other tests hold servers")
    with exclusive(place.lock) as lock:
        drs.start(place, lock, speed=SPEED, script=script, servers=servers)
    deploy(aws, str(LOCAL.target_external_id), FAR_ACCOUNT)
    assert "far-01" in stories.known
    yield stories
    remove(aws, FAR_ACCOUNT)
    with exclusive(place.lock) as lock:
        drs.start(place, lock, speed=emulator.TIME_SCALE, forget=("script", "servers"))


@pytest.fixture(scope="module")
def told(people: Stories) -> Iterator[Mapping[Callable[[Stories], Ended], Future[Ended]]]:
    """The stories, all under way."""
    with ThreadPoolExecutor(max_workers=len(STORIES)) as pool:
        yield {story: pool.submit(story, people) for story in STORIES}


Told = Mapping[Callable[[Stories], Ended], Future[Ended]]


def test_a_pause_is_asked_for_and_ended(people: Stories, told: Told) -> None:
    run = told[paused_on_request].result()
    assert run["status"] == "COMPLETED"
    assert waves(run) == {"first": "COMPLETED", "second": "COMPLETED"}
    assert servers(run) == [("app-a-01", "LAUNCHED"), ("app-a-02", "LAUNCHED")]
    assert run["pausedSeconds"] > 0
    assert people.asked_for("app-a-01", "app-a-02") == [1, 1]
    assert people.machine(run["executionId"]) == "SUCCEEDED"


def test_servers_of_another_account_are_recovered_and_cleaned_up(
    people: Stories, told: Told
) -> None:
    run = told[recovered_in_another_account].result()
    assert run["status"] == "CANCELLED"
    assert not run["cleanupIncomplete"]
    assert servers(run) == [("far-01", "TERMINATED"), ("far-02", "SKIPPED")]
    assert people.asked_for("far-01", "far-02") == [1, 0]


def test_an_execution_that_is_stopped_from_outside_is_noticed(people: Stories, told: Told) -> None:
    run = told[stopped_from_outside].result()
    assert run["status"] == "FAILED"
    assert "stopped" in run["cause"] or "ABORTED" in run["cause"]


def test_a_run_is_cancelled_while_it_is_paused(people: Stories, told: Told) -> None:
    run = told[cancelled_while_paused].result()
    assert run["status"] == "CANCELLED"
    assert waves(run) == {"first": "COMPLETED", "only": "CANCELLED"}
    assert servers(run) == [("app-a-03", "SKIPPED"), ("spare-03", "TERMINATED")]
    assert people.asked_for("app-a-03", "spare-03") == [0, 1]
    assert people.machine(run["executionId"]) == "PlanCancelled"


def test_runs_are_listed_by_their_plan(people: Stories, told: Told) -> None:
    run = told[cancelled_while_paused].result()
    path = f"/executions?planId={run['planId']}"
    listed = people.call("GET", path, role=Role.VIEWER).json["items"]
    assert [one["executionId"] for one in listed] == [run["executionId"]]


def test_a_failure_stops_what_has_not_begun(people: Stories, told: Told) -> None:
    run = told[stopped_by_a_failure].result()
    assert run["status"] == "FAILED"
    assert waves(run) == {"lost": "FAILED", "apart": "COMPLETED", "after it": "SKIPPED"}
    assert servers(run) == [
        ("app-b-01", "FAILED"),
        ("app-b-02", "LAUNCHED"),
        ("app-b-03", "SKIPPED"),
    ]
    assert people.asked_for("app-b-01", "app-b-02", "app-b-03") == [1, 1, 0]
    assert people.machine(run["executionId"]) == "PlanFailed"


def test_a_failure_leaves_alone_what_is_independent_and_a_retry_does_the_rest(
    people: Stories, told: Told
) -> None:
    run = told[failed_and_retried].result()
    assert run["status"] == "FAILED"
    assert waves(run) == {"lost": "FAILED", "after the lost": "SKIPPED", "apart": "COMPLETED"}
    assert people.machine(run["executionId"]) == "PlanFailed"
    then = run["then"]
    assert (then["status"], then["retryOf"]) == ("COMPLETED", run["executionId"])
    assert servers(then) == [(name, "LAUNCHED") for name in ("web-01", "web-02", "web-03")]
    assert {wave["name"] for wave in then["waves"] if wave["takenOver"]} == {"apart"}
    assert people.asked_for("web-01", "web-02", "web-03") == [2, 1, 1]
    assert people.machine(then["executionId"]) == "SUCCEEDED"


def test_a_plan_is_beyond_its_time(people: Stories, told: Told) -> None:
    run = told[timed_out].result()
    assert run["status"] == "TIMED_OUT"
    assert "5 minutes" in run["cause"]
    assert waves(run) == {"slow": "FAILED"}
    assert people.asked_for("db-01") == [1]
    assert people.machine(run["executionId"]) == "PlanTimeout"


def test_nobody_resumes(people: Stories, told: Told) -> None:
    run = told[nobody_resumes].result()
    assert run["status"] == "TIMED_OUT"
    assert "Nobody resumed" in run["cause"]
    assert servers(run) == [("db-02", "SKIPPED")]
    assert people.asked_for("db-02") == [0]
    assert people.machine(run["executionId"]) == "PlanTimeout"


def test_the_state_object_stays_small(people: Stories, told: Told) -> None:
    ends = [story.result() for story in told.values()]
    ends += [one["then"] for one in ends if "then" in one]
    sizes = {one["executionId"]: people.largest_state(one["executionId"]) for one in ends}
    assert max(sizes.values()) <= STATE_BYTES, sizes


def test_an_error_that_nobody_foresaw_is_recorded(people: Stories, told: Told) -> None:
    """A release that does not even load: it comes last, for nobody else may need that function."""
    for story in told.values():
        story.result()
    run = people.start(people.wave("held", "spare-02", pauseBefore=True))
    people.until(run, lambda it: it["status"] == "PAUSED")
    with people.broken_release("EngineResumeWaveFunction"):
        people.act(run, "resume")
        ended = people.ended(run)
    assert ended["status"] == "FAILED"
    assert "An unexpected error stopped the run" in ended["cause"]
    assert people.machine(run) == "PlanFailed"
