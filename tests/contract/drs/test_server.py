"""The server's own addresses, and many callers at once."""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from breakwater_local.drs import server as server_module
from breakwater_local.drs.server import Server
from tests.contract.drs.conftest import Serve, Served
from tests.simulated import LONG_ENOUGH, MINUTE, Simulated


def own(served: Served, name: str, method: str = "GET") -> Any:
    request = urllib.request.Request(f"{served.endpoint}/_simulator/{name}", method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        body = answer.read()
        return json.loads(body) if body else None


def test_health_tells_the_time_the_worlds_and_how_often_faults_struck(serve: Serve) -> None:
    served = serve("seed: 9\nfaults: [{fault: launch-fails, name: bad disk, server: db-*}]")
    served.start("db-01")
    served.passes(MINUTE)
    health = own(served, "health")
    assert (health["status"], health["seed"], health["simulatedSeconds"]) == ("ok", 9, 60.0)
    assert health["faults"] == [{"fault": "launch-fails", "name": "bad disk", "struck": 1}]
    ireland = health["worlds"][0]
    assert (ireland["region"], ireland["sourceServers"], ireland["jobsInProgress"]) == (
        *("eu-west-1", 5),
        1,
    )


def test_calls_and_events_are_on_record(serve: Serve) -> None:
    served = serve()
    job = served.start("db-01")
    served.client(application="engine").describe_jobs()
    served.passes(LONG_ENOUGH)
    [*_, started, described] = own(served, "calls")["items"]
    assert started["operation"] == "StartRecovery"
    assert (described["application"], described["role"]) == ("engine", None)
    assert described["actions"] == ["drs:DescribeJobs"]
    [event] = own(served, "events")["items"]
    assert event["detail"]["job-id"] == job


def test_a_reset_goes_back_to_the_beginning(serve: Serve) -> None:
    served = serve("faults: [{fault: throttled, call: DescribeJobs}]")
    first = served.start("db-01")
    assert served.ask("DescribeJobs")[0] == 429
    served.passes(LONG_ENOUGH)
    own(served, "reset", "POST")
    served.seconds = 0.0
    assert own(served, "calls") == {"items": []}
    assert served.ask("DescribeJobs")[0] == 429
    assert served.done("DescribeJobs")["items"] == []
    assert served.start("db-01") == first


@pytest.mark.parametrize(("name", "method"), [("nothing", "GET"), ("reset", "GET")])
def test_there_is_nothing_else(serve: Serve, name: str, method: str) -> None:
    served = serve()
    with pytest.raises(urllib.error.HTTPError) as refused:
        own(served, name, method)
    assert refused.value.code == 404


def test_of_many_who_start_the_same_server_at_once_one_succeeds(serve: Serve) -> None:
    served = serve()
    server = served.servers()["db-01"]
    wanted = [{"sourceServerID": server}]
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: served.ask("StartRecovery", sourceServers=wanted), range(64))
        )
    assert sorted(status for status, _ in answers) == [202] + [409] * 63


def test_what_is_due_leaves_the_simulator_when_nobody_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "TICK_SECONDS", 0.001)
    simulated = Simulated()
    simulated.start("db-01")
    with Server(simulated.simulation, simulated.service) as server:
        assert len(simulated.simulation.realm.outbox) > 0
        simulated.passes(LONG_ENOUGH)
        patience = time.monotonic() + 60
        while len(simulated.simulation.realm.outbox) and time.monotonic() < patience:
            time.sleep(0.001)
        assert not len(simulated.simulation.realm.outbox), server.endpoint
    assert [event["detail"]["state"] for event in simulated.simulation.courier.events] == [
        "RECOVERY_LAUNCH_SUCCEEDED"
    ]


def test_a_mistake_of_the_simulator_is_an_internal_error_not_a_hang(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve()
    monkeypatch.setattr(served.simulation, "answer", lambda *_: {"items": "nonsense"})
    client = served.client()
    with pytest.raises(client.exceptions.InternalServerException):
        client.describe_jobs()
    assert "NotWhatTheModelSays" in caplog.text
