"""Records of streams → what is told, and to whom."""

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater import contract
from breakwater.live.changes import ChangeReader, NotAChange, by_topic
from breakwater.live.delta_schema import FIELDS, schema
from breakwater.live.topics import id_of_execution
from breakwater.recovery.engine.record import to_values
from breakwater.recovery.engine.run import Run
from tests.conftest import CHECKOUT
from tests.unit.live.records import AT, of_index, of_run

MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:recovery"
ARN = "arn:aws:states:eu-west-1:111122223333:execution:orders:one"
RUN = "20261120-162732-b2745d11"
NOW = datetime.fromtimestamp(AT, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
READER = ChangeReader(recovery_machine_arn=MACHINE, time_scale=60.0)
ROW: dict[str, Any] = {
    "executionArn": ARN,
    "executionName": "one",
    "agentName": "orders",
    "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:orders",
    "status": "RUNNING",
    "startDate": NOW,
    "redriveCount": 0,
    "slaTargetSeconds": 60.0,
}
ENDED = {**ROW, "status": "SUCCEEDED", "stopDate": NOW, "durationSeconds": 3.5}
TOKEN = "AQCEAAAAKgAAAAMAAAAAAAAAAfW" * 8
THE_RUN: dict[str, Any] = {
    "executionId": RUN,
    "itemKey": "EXECUTION",
    "planId": "p",
    "planName": "Shop",
    "isDrill": True,
    "status": "RUNNING",
    "startedAt": NOW,
    "timeScale": 60,
    "rtoMinutes": 90,
    "taskToken": TOKEN,
}
WAVE: dict[str, Any] = {
    "executionId": RUN,
    "itemKey": "WAVE#000",
    "index": 0,
    "name": "database",
    "status": "PENDING",
    "servers": 2,
    "serversLaunched": 0,
    "serversFailed": 0,
}
SERVER: dict[str, Any] = {
    "executionId": RUN,
    "itemKey": "SERVER#000#111122223333/eu-west-1/s-1",
    "waveIndex": 0,
    "accountId": "111122223333",
    "region": "eu-west-1",
    "serverId": "s-1",
    "name": "db-01",
    "status": "PENDING",
}


def kinds(record: dict[str, Any]) -> list[str]:
    return [delta["type"] for delta in READER.read(record).deltas]


def test_an_execution_begins_and_ends() -> None:
    [began] = READER.read(of_index(None, ROW)).deltas
    assert (began["type"], began["workflowId"]) == ("workflowStarted", id_of_execution(ARN))
    assert (began["status"], began["workflowType"]) == ("RUNNING", "orders")
    [ended] = READER.read(of_index(ROW, ENDED)).deltas
    assert (ended["oldStatus"], ended["newStatus"]) == ("RUNNING", "COMPLETED")
    assert ended["durationSeconds"] == 3.5


def test_an_end_whose_beginning_was_never_told_is_told_with_it() -> None:
    assert kinds(of_index(None, ENDED)) == ["workflowStarted", "workflowStatusChanged"]


def test_a_redrive_is_told_though_it_runs_again() -> None:
    failed = {**ENDED, "status": "FAILED"}
    assert kinds(of_index(failed, {**ROW, "redriveCount": 1})) == ["workflowStatusChanged"]
    assert kinds(of_index(ROW, {**ROW, "redriveCount": 1})) == ["workflowStatusChanged"]


def test_what_a_gate_holds_and_lets_go_is_told() -> None:
    paused = {**ROW, "status": "PAUSED", "gate": {"isHeld": True}}
    for before, after in ((ROW, paused), (paused, ROW)):
        [told] = READER.read(of_index(before, after)).deltas
        assert told["type"] == "workflowStatusChanged"
        assert (told["oldStatus"], told["newStatus"]) == (before["status"], after["status"])


def test_what_says_nothing_new_is_not_told() -> None:
    assert kinds(of_index(ROW, {**ROW, "confirmedBy": "list"})) == []
    assert kinds(of_index(ENDED, None)) == []  # its time is over


def test_history_that_is_filled_in_is_no_news() -> None:
    old = {**ENDED, "startDate": "2026-01-01T00:00:00.000Z", "stopDate": "2026-01-01T01:00:00.000Z"}
    assert kinds(of_index(None, old)) == []


@pytest.mark.parametrize(
    ("mark", "kind"),
    [(contract.SLA_WARNED, "slaWarning"), (contract.SLA_BREACHED, "slaBreached")],
)
def test_a_target_at_risk_is_told_once_for_each_attempt(mark: str, kind: str) -> None:
    warned = {**ROW, mark: NOW}
    [told] = READER.read(of_index(ROW, warned)).deltas
    assert (told["type"], told["targetSeconds"]) == (kind, 60.0)
    assert kinds(of_index(warned, {**warned, "confirmedBy": "list"})) == []
    later = {**warned, mark: "2026-12-01T00:00:00.000Z"}
    assert kinds(of_index(warned, later)) == [kind]


def test_the_execution_of_a_run_is_told_as_the_run_only() -> None:
    behind = {**ROW, "executionName": RUN, "stateMachineArn": MACHINE}
    assert kinds(of_index(None, behind)) == []
    assert kinds(of_index(behind, {**behind, contract.SLA_BREACHED: NOW})) == []


def test_a_run_tells_its_statuses_its_risk_and_never_its_token() -> None:
    [began] = READER.read(of_run(None, {**THE_RUN, "status": "PENDING"})).deltas
    assert (began["type"], began["isDrill"]) == ("workflowStarted", True)
    paused = {**THE_RUN, "status": "PAUSED", "cause": f"waits with {TOKEN}"}
    [told] = READER.read(of_run(THE_RUN, paused)).deltas
    assert TOKEN not in json.dumps(told)
    assert kinds(of_run(THE_RUN, {**THE_RUN, "status": "PAUSING"})) == []  # it still runs
    [risk] = READER.read(of_run(THE_RUN, {**THE_RUN, "rtoAtRisk": True})).deltas
    assert (risk["type"], risk["targetSeconds"]) == ("slaWarning", 5400)
    late = {**THE_RUN, "rtoAtRisk": True, "rtoMissed": True}
    [missed] = READER.read(of_run({**THE_RUN, "rtoAtRisk": True}, late)).deltas
    assert (missed["type"], missed["targetSeconds"]) == ("slaBreached", 5400)
    assert kinds(of_run(THE_RUN, late)) == ["slaBreached"]


def test_a_wave_is_told_as_a_wave_and_as_a_step() -> None:
    launching = {**WAVE, "status": "LAUNCHING", "partStartedAt": "2026-11-20T03:00:00.000Z"}
    assert kinds(of_run(None, WAVE)) == []
    assert kinds(of_run(WAVE, launching)) == ["waveUpdated", "stepStarted"]
    ended = {**launching, "status": "COMPLETED", "endedAt": "2026-11-20T03:00:10.000Z"}
    [wave, step] = READER.read(of_run(launching, ended)).deltas
    assert (wave["oldStatus"], wave["newStatus"]) == ("LAUNCHING", "COMPLETED")
    assert (step["stepId"], step["durationSeconds"]) == ("wave:0", 600.0)  # the run's own seconds


def test_a_server_is_told_as_a_server_and_as_a_step() -> None:
    launching = {**SERVER, "status": "LAUNCHING"}
    assert kinds(of_run(SERVER, launching)) == ["serverUpdated", "stepStarted"]
    failed = {**launching, "status": "FAILED", "cause": "no capacity"}
    [server, step] = READER.read(of_run(launching, failed)).deltas
    assert server["cause"] == step["error"] == "no capacity"
    assert (step["type"], step["stepId"]) == ("stepFailed", "server:0:111122223333.eu-west-1.s-1")


def test_steps_of_custom_workflows_and_the_index_health_are_told_from_notes() -> None:
    said = {"status": {"rank": "1", "value": "running"}, "name": {"rank": "1", "value": "Pack"}}
    key = "#STEP#custom.billing.7#pack"
    note = {"executionArn": key, "attempts": {"1": said}, "startDate": NOW}
    [step] = READER.read(of_index(None, note)).deltas
    assert (step["workflowId"], step["stepId"]) == ("custom.billing.7", "pack")
    well = {"executionArn": "#HEALTH", "lastSweepAt": NOW}
    [sick] = READER.read(of_index(well, {**well, "deadLetters": 2})).deltas
    assert (sick["type"], sick["status"]) == ("indexHealth", "unwell")
    assert kinds(of_index(well, {**well, "swept": 7})) == []


def test_the_list_hears_of_workflows_and_a_workflow_of_everything() -> None:
    launching = {**SERVER, "status": "LAUNCHING"}
    told = [
        READER.read(of_run(None, THE_RUN)),
        READER.read(of_run(SERVER, launching)),
        READER.read(of_index(None, ROW)),
    ]
    topics = by_topic(told)
    assert topics.keys() == {"list", f"workflow:{RUN}", f"workflow:{id_of_execution(ARN)}"}
    assert [change.deltas[0]["type"] for change in topics["list"]] == ["workflowStarted"] * 2
    assert len(topics[f"workflow:{RUN}"]) == 2


def test_only_fields_that_runs_have_are_read() -> None:
    """A field renamed in the engine would be told as nothing, silently."""
    known = to_values(
        Run(
            execution_id=RUN,
            plan_id="p",
            plan_name="Shop",
            is_drill=True,
            requested_by="a",
            started_at=datetime.fromtimestamp(AT, UTC),
            timeout_minutes=1,
            pause_timeout_minutes=1,
        )
    )
    assert {"executionId", "planName", "planId", "isDrill", "status", "startedAt"} <= known.keys()


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(
    after=st.dictionaries(st.sampled_from(sorted(ROW)), values),
    key=st.sampled_from([ARN, "custom.a.b", "#STEP#custom.a.b#c", "#HEALTH", "#X"]),
)
def test_whatever_an_item_holds_it_is_told_or_refused_as_one_record(
    after: dict[str, Any], key: str
) -> None:
    item = {**after, "executionArn": key}
    try:
        told = READER.read(of_index(None, item))
    except NotAChange:
        return
    json.dumps(told.deltas)


def test_every_delta_has_the_form_that_other_systems_are_told() -> None:
    """What the other tests here make: all kinds, each with all of its fields and no others."""
    launching, failed = {**SERVER, "status": "LAUNCHING"}, {**SERVER, "status": "FAILED"}
    wave = {**WAVE, "status": "LAUNCHING"}
    records = [
        of_index(None, ENDED),
        of_index(ROW, {**ROW, contract.SLA_WARNED: NOW, contract.SLA_BREACHED: NOW}),
        of_index(None, {"executionArn": "#HEALTH", "deadLetters": 1}),
        of_run(None, THE_RUN),
        of_run(WAVE, wave),
        of_run(wave, {**wave, "status": "COMPLETED"}),
        of_run(launching, failed),
    ]
    validator = jsonschema_rs.validator_for(schema())
    seen = set()
    for one in records:
        for delta in READER.read(one).deltas:
            validator.validate({"id": "1", **delta})
            head = {"type", "at", "workflowId"} if "workflowId" in delta else {"type", "at"}
            optional = {"planId", "isDrill"}
            assert delta.keys() - head - optional == FIELDS[delta["type"]].keys() - optional
            seen.add(delta["type"])
    assert seen == FIELDS.keys()


def test_the_schema_that_is_published_is_the_codes() -> None:
    path = CHECKOUT / "docs" / "schemas" / "workflow-change.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema(), (
        "python -m breakwater.live.delta_schema > docs/schemas/workflow-change.schema.json"
    )
