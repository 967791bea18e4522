"""When the AWS is away: nothing hangs, nothing fails that only waits, nothing is forgotten."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from breakwater_local.drs.courier import ATTEMPTS
from breakwater_local.drs.server import Server
from tests.simulated import HOUR, LONG_ENOUGH, MINUTE, Simulated
from tests.unit.drs.remote import Remote

GONE = "the embedded AWS can't be reached"


class Away(Simulated):
    """A simulator on a cloud far away; the wall's clock is in the test's hands too."""

    def __init__(self) -> None:
        self.remote = Remote()
        self.wall = 0.0
        super().__init__(cloud=self.remote)
        self.simulation.courier._wall = lambda: self.wall

    def tries_again(self) -> None:
        """So much time passes on the wall that everything is tried again."""
        self.wall += 60
        self.simulation.settle()

    def instance(self) -> dict[str, Any]:
        [one] = self.done("DescribeRecoveryInstances")["items"]
        return dict(one)


@pytest.fixture
def away() -> Iterator[Away]:
    made = Away()
    yield made
    made.remote.goes_on.set()


def test_a_launch_waits_for_ec2_and_is_then_as_much_later(away: Away) -> None:
    away.remote.trouble = GONE
    job = away.start("db-01")
    away.passes(LONG_ENOUGH)
    for _ in range(20):
        away.tries_again()
    assert away.statuses(job) == ["IN_PROGRESS"]
    assert away.job(job)["status"] == "STARTED"
    assert "recoveryInstanceID" not in away.job(job)["participatingServers"][0]
    assert away.done("DescribeRecoveryInstances")["items"] == []
    assert "JOB_END" not in [item["event"] for item in away.log(job)]

    away.remote.trouble = None
    away.tries_again()
    assert away.statuses(job) == ["LAUNCHED"]
    away.passes(MINUTE)
    assert away.job(job)["status"] == "COMPLETED"
    assert away.job(job)["endDateTime"] > away.job(job)["creationDateTime"]
    assert away.log(job)[-1]["event"] == "JOB_END"
    assert len(away.remote.orders) == 1
    away.simulation.settle()
    assert [event["detail"]["state"] for event in away.simulation.published_events()] == [
        "RECOVERY_LAUNCH_SUCCEEDED"
    ]


def test_the_second_try_says_that_it_is_one(away: Away) -> None:
    away.remote.trouble = GONE
    away.start("db-01")
    away.passes(LONG_ENOUGH)
    away.simulation.settle()
    away.remote.trouble = None
    away.tries_again()
    [order] = away.remote.orders
    assert order.retried
    assert order.token


def test_what_ec2_is_asked_to_end_is_never_given_up(away: Away) -> None:
    away.start("db-01")
    away.passes(LONG_ENOUGH)
    instance = away.instance()["recoveryInstanceID"]
    away.remote.broken = True
    away.done("TerminateRecoveryInstances", recoveryInstanceIDs=[instance])
    away.passes(HOUR)
    for _ in range(4 * ATTEMPTS):
        away.tries_again()
    assert away.remote.ended == []
    health = away.simulation.health()
    assert health["status"] == "degraded"
    assert "1 things wait for another try" in health["reason"]
    away.remote.broken = False
    away.tries_again()
    assert away.remote.ended == [instance]
    assert away.simulation.health()["waitingToLeave"] == 0


def test_an_event_that_is_refused_five_times_is_given_up_and_told(away: Away) -> None:
    away.start("db-01")
    away.passes(LONG_ENOUGH)
    away.remote.refuses_events = True
    for _ in range(ATTEMPTS + 2):
        away.tries_again()
    health = away.simulation.health()
    assert [told.split(":")[0] for told in health["undelivered"]] == [
        f"AnnounceLaunch, attempt {ATTEMPTS}"
    ]
    assert "1 events were given up" in health["reason"]


def test_while_it_is_gone_events_wait_and_are_not_given_up(away: Away) -> None:
    away.start("db-01")
    away.passes(LONG_ENOUGH - 20 * MINUTE)
    away.simulation.settle()
    away.remote.trouble = GONE
    away.passes(20 * MINUTE)
    for _ in range(4 * ATTEMPTS):
        away.tries_again()
    assert away.simulation.health()["reason"].startswith(GONE)
    away.remote.trouble = None
    away.tries_again()
    assert len(away.simulation.published_events()) == 1
    assert away.simulation.health()["status"] == "ok"


def test_the_last_known_states_stand_while_ec2_cannot_be_asked(away: Away) -> None:
    away.start("db-01")
    away.passes(LONG_ENOUGH)
    known = away.instance()
    assert known["ec2InstanceState"] == "RUNNING"
    away.remote.known[known["recoveryInstanceID"]] = "stopped"
    assert away.instance()["ec2InstanceState"] == "STOPPED"
    away.remote.trouble = GONE
    assert away.instance()["ec2InstanceState"] == "STOPPED"


def test_a_reset_works_while_it_is_gone_and_ends_the_instances_later(away: Away) -> None:
    away.start("db-01")
    away.passes(LONG_ENOUGH)
    instance = away.instance()["recoveryInstanceID"]
    away.remote.trouble = GONE
    away.simulation.reset()
    assert away.done("DescribeJobs")["items"] == []
    away.remote.trouble = None
    away.simulation.courier._wall = lambda: 1e9
    away.simulation.settle()
    assert away.remote.ended == [instance]


def test_what_was_being_launched_when_it_was_reset_is_ended_too(away: Away) -> None:
    away.start("db-01")
    away.passes(LONG_ENOUGH)
    away.remote.goes_on.clear()
    away.remote.is_asked.clear()
    before = away.simulation.courier
    launching = threading.Thread(target=before.deliver, args=(away.seconds,))
    launching.start()
    assert away.remote.is_asked.wait(60)
    away.simulation.ticks_apart = True  # or the reset would wait for what hangs
    away.simulation.reset()
    away.remote.goes_on.set()
    launching.join(60)
    away.simulation.settle()
    assert len(away.remote.orders) == 1
    assert away.remote.ended == ["i-00000000000000001"]


def test_a_cloud_that_hangs_holds_no_call_up(away: Away) -> None:
    with Server(away.simulation, away.service):
        job = away.start("db-01")
        away.remote.goes_on.clear()
        away.remote.is_asked.clear()
        away.passes(LONG_ENOUGH)
        assert away.remote.is_asked.wait(60), "the ticker is in the middle of asking"
        answered = threading.Event()

        def call() -> None:
            away.ask("DescribeJobs")
            away.ask("DescribeSourceServers")
            away.simulation.health()
            away.start("db-02")
            answered.set()

        threading.Thread(target=call, daemon=True).start()
        assert answered.wait(60), "calls wait for a cloud that hangs"
        assert away.statuses(job) == ["IN_PROGRESS"]
        away.remote.goes_on.set()
        patience = time.monotonic() + 60
        while away.statuses(job) != ["LAUNCHED"] and time.monotonic() < patience:
            time.sleep(0.01)
        assert away.statuses(job) == ["LAUNCHED"]


def test_a_launch_template_that_cannot_be_made_holds_nobody_up(away: Away) -> None:
    server = away.servers()["db-01"]
    away.remote.trouble = "gone"
    assert away.done("GetLaunchConfiguration", sourceServerID=server)["sourceServerID"] == server
    away.remote.trouble = None
    away.remote.goes_on.clear()
    away.remote.is_asked.clear()
    asking = threading.Thread(
        target=lambda: away.ask("GetLaunchConfiguration", sourceServerID=server), daemon=True
    )
    asking.start()
    assert away.remote.is_asked.wait(60)
    answered = threading.Event()

    def call() -> None:
        away.ask("DescribeJobs")
        answered.set()

    threading.Thread(target=call, daemon=True).start()
    assert answered.wait(60), "calls wait for a cloud that hangs"
    away.remote.goes_on.set()
    asking.join(60)


def test_a_server_that_is_cleaned_up_by_script_is_so_as_much_later(away: Away) -> None:
    script = {"faults": [{"fault": "terminated-during-job", "server": "db-01", "after": "2m"}]}
    away.simulation._script = type(away.simulation._script).model_validate(script)
    away.simulation.reset()
    away.seconds = 0.0
    away.simulation.courier._wall = lambda: away.wall
    away.remote.trouble = GONE
    job = away.start("db-01")
    away.passes(LONG_ENOUGH)
    away.simulation.settle()
    away.remote.trouble = None
    away.tries_again()
    assert away.statuses(job) == ["LAUNCHED"]
    away.passes(3 * MINUTE)
    assert away.statuses(job) == ["TERMINATED"]
    away.simulation.settle()
    assert len(away.remote.ended) == 1


def test_a_mistake_of_ours_while_delivering_loses_nothing(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = away.start("db-01")
    with monkeypatch.context() as patched:
        patched.setattr(away.remote, "run", lambda _: 1 / 0)
        away.passes(LONG_ENOUGH)
        with pytest.raises(ZeroDivisionError):
            away.simulation.settle()
    assert away.statuses(job) == ["IN_PROGRESS"]
    assert away.simulation.health()["status"] == "degraded"
    away.tries_again()
    assert away.statuses(job) == ["LAUNCHED"]
