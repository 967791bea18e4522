"""A workflow as a file: redacted, in the forms that it can have, and of a size that arrives."""

import csv
import io
import json

import pytest

from breakwater.platform.http.errors import Conflict, NotFound, Unprocessable
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.engines.recovery.recovery_engine import RecoveryEngine
from breakwater.workflows.exporting import LARGEST, ExportFormat, exported
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.workflows.conftest import INDEX, NOW, SomeProfiles, World
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_custom import ID as CUSTOM
from tests.unit.workflows.test_custom import LIFE, event, store
from tests.unit.workflows.test_recovery_engine import Items
from tests.unit.workflows.test_step_functions_engine import ID, TOKEN, Scene, waiting


@pytest.mark.parametrize("form", list(ExportFormat))
def test_no_form_has_a_task_token(form: ExportFormat) -> None:
    told = Scene(waiting(), status="FAILED").engine.export(ID, form, payloads=True)
    assert "Ask" in told.text
    assert "short-token-of-an-odd-service" not in told.text
    assert TOKEN not in told.text
    assert told.file_name.startswith("one.")


def test_without_payloads_it_is_read_without() -> None:
    scene = Scene(chain(2))
    whole = scene.engine.export(ID, ExportFormat.JSON, payloads=True)
    less = scene.engine.export(ID, ExportFormat.JSON, payloads=False)
    assert len(less.text) < len(whole.text)
    names = [step["name"] for step in json.loads(less.text)["segments"][0]["steps"]]
    assert names == ["Step 0", "Step 1"]


def test_of_what_no_answer_can_hold_it_is_said_what_else_there_is() -> None:
    with pytest.raises(Unprocessable, match="payloads=false"):
        exported(ExportFormat.JSON, "one", {"a": "x" * LARGEST})
    # Quotes and ends of lines take two bytes on their way.
    with pytest.raises(Unprocessable):
        exported(ExportFormat.CSV, "one", '"' * (LARGEST // 2))


@pytest.mark.parametrize("form", list(ExportFormat))
def test_half_a_letter_in_a_cause_breaks_no_file(form: ExportFormat) -> None:
    events = chain(1, ended=False)
    broken = {"error": "Odd", "cause": "half a letter: \ud800"}
    events[-2] |= {"type": "TaskFailed", "taskFailedEventDetails": broken}
    told = Scene(events, status="RUNNING").engine.export(ID, form, payloads=True)
    assert told.text.encode("utf-8").decode("utf-8") == told.text


def test_a_file_is_called_after_the_workflow_and_nothing_else() -> None:
    name = exported(ExportFormat.OTLP, 'x"; filename=evil\r\n/../' + "y" * 200, {}).file_name
    assert name == f"{'y' * 80}.otlp.json"


def test_a_run_is_exported_as_its_execution_and_before_it_has_one_a_409() -> None:
    items = Items()
    engine = RecoveryEngine(items, items, lambda: NOW, Scene(chain(1)).engine)
    wanted = WorkflowId(EngineName.RECOVERY, items.run.execution_id)
    if items.run.execution_arn is None:
        with pytest.raises(Conflict, match="no execution yet"):
            engine.export(wanted, ExportFormat.CSV, payloads=True)
    else:
        with pytest.raises(NotFound):
            engine.export(wanted, ExportFormat.CSV, payloads=True)


def test_a_custom_workflow_has_json_and_csv_and_says_so(world: World) -> None:
    for one in LIFE:
        store(world).record(one)
    evil = {"id": "b", "name": "=cmd()", "status": "succeeded"}
    store(world).record(event(20, "COMPLETED", step=evil))
    engine = CustomEngine(world.dynamodb, INDEX, profiles=SomeProfiles(), clock=lambda: NOW)
    told = json.loads(engine.export(CUSTOM, ExportFormat.JSON, payloads=True).text)
    assert told["workflow"]["type"] == "invoices"
    table = engine.export(CUSTOM, ExportFormat.CSV, payloads=True).text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["name"] for row in rows} == {"Collect", "'=cmd()"}
    for form in (ExportFormat.OTLP, ExportFormat.CHROME):
        with pytest.raises(Conflict, match="json, csv"):
            engine.export(CUSTOM, form, payloads=True)
