"""What DRS says of a server, in our words; what it leaves out is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.folded_name import folded
from breakwater.recovery.iso_duration import seconds_of
from breakwater.recovery.replication import Launchable, launchable
from breakwater.recovery.source_server import SourceServer
from tests.unit.recovery.made import HERE, server_id


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT0S", 0),
        ("PT1H2M3.5S", 3723.5),
        ("P1DT2H", 93_600),
        ("P2W", 1_209_600),
        ("PT90M", 5_400),
        ("PT0,5S", 0.5),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "PT1X", "P1Y", "-PT1S", "P1DT", None, 5])
def test_what_is_no_duration_is_unknown(text: object) -> None:
    assert seconds_of(text) is None


@given(some.text(alphabet="PTWDHMS0123456789.,٣"))
def test_no_text_breaks_the_reading_of_durations(text: str) -> None:
    seconds = seconds_of(text)
    assert seconds is None or seconds >= 0


@given(some.integers(0, 99), some.integers(0, 99), some.integers(0, 99), some.integers(0, 99))
def test_every_duration_is_the_sum_of_its_parts(d: int, h: int, m: int, s: int) -> None:
    assert seconds_of(f"P{d}DT{h}H{m}M{s}S") == d * 86_400 + h * 3_600 + m * 60 + s


def test_a_state_that_aws_adds_next_year_is_unknown() -> None:
    assert launchable("HIBERNATING") is Launchable.UNKNOWN
    assert launchable("") is Launchable.UNKNOWN


def test_a_server_of_which_drs_says_nothing_is_known_by_its_id() -> None:
    bare = SourceServer.from_drs(HERE, {"sourceServerID": server_id(1)})
    assert bare.name == server_id(1)
    assert bare.lag_seconds is None
    assert bare.last_launch is None
    assert bare.to_json()["launchable"] == "unknown"


def test_a_server_is_told_with_everything_that_drs_says() -> None:
    full = SourceServer.from_drs(
        HERE,
        {
            "sourceServerID": server_id(1),
            "tags": {"Name": "tagged"},
            "recoveryInstanceId": "i-0123456789abcdef0",
            "lastLaunchResult": "SUCCEEDED",
            "dataReplicationInfo": {
                "lagDuration": "PT5M",
                "dataReplicationState": "STALLED",
                "dataReplicationError": {"error": "AGENT_NOT_SEEN"},
            },
            "lifeCycle": {
                "lastSeenByServiceDateTime": "2026-11-20T02:59:00Z",
                "lastLaunch": {
                    "initiated": {
                        "apiCallDateTime": "2026-11-01T00:00:00Z",
                        "jobID": "drsjob-1",
                        "type": "DRILL",
                    },
                    "status": "LAUNCHED",
                },
            },
            "sourceProperties": {
                "identificationHints": {"hostname": "db-01", "awsInstanceID": "i-1"}
            },
            "sourceCloudProperties": {
                "originAccountID": "444455556666",
                "originRegion": "eu-central-1",
            },
            "replicationDirection": "FAILOVER",
        },
    )
    assert full.to_json() == {
        "sourceServerId": server_id(1),
        "accountId": "111122223333",
        "region": "eu-west-1",
        "name": "db-01",
        "tags": {"Name": "tagged"},
        "replicationState": "STALLED",
        "replicationError": "AGENT_NOT_SEEN",
        "launchable": "ifSnapshot",
        "lagSeconds": 300.0,
        "lastSeenAt": "2026-11-20T02:59:00Z",
        "lastSnapshotAt": None,
        "replicationDirection": "FAILOVER",
        "recoveryInstanceId": "i-0123456789abcdef0",
        "lastLaunchResult": "SUCCEEDED",
        "lastLaunch": {
            "kind": "DRILL",
            "status": "LAUNCHED",
            "jobId": "drsjob-1",
            "at": "2026-11-01T00:00:00Z",
        },
        "originAccountId": "444455556666",
        "originRegion": "eu-central-1",
        "originInstanceId": "i-1",
    }


@given(some.text())
def test_folding_a_name_twice_changes_nothing_more(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_names_that_look_alike_are_one() -> None:
    assert folded("WEB") == folded("web") == folded("ｗｅｂ")
    assert folded("Cafe\u0301") == folded("CAFÉ")
