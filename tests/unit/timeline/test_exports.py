"""What is exported is in the form that others defined: OpenTelemetry, Chrome, CSV."""

import base64
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from breakwater.timeline import Timeline, reconstruct
from breakwater.timeline.chrome_export import timeline_chrome
from breakwater.timeline.command import Source, Unreadable, main
from breakwater.timeline.csv_export import timeline_csv
from breakwater.timeline.moments import iso
from breakwater.timeline.otlp_export import span_id, timeline_otlp, trace_id
from breakwater.timeline.text_tree import timeline_text
from tests.unit.timeline.interpreted import each, history, machine, parallel, task
from tests.unit.timeline.recorded import CHECKOUT, Events, histories
from tests.unit.timeline.recorded import each as each_of
from tests.unit.timeline.written import events, named

ARN = "arn:aws:states:eu-west-1:111122223333:execution:Plan:run-1"


@pytest.fixture(scope="module")
def wide() -> Timeline:
    inner = each(machine(Item=task()), MaxConcurrency=3)
    definition = machine(Fan=parallel(machine(Each=inner), machine(Other=task())))
    return reconstruct(history(definition, given={"items": list(range(14))}), definition)


def as_protobuf(told: dict[str, Any]) -> TracesData:
    """OTLP writes ids in hexadecimal where protobuf's JSON has base64; all else is the same."""
    told = json.loads(json.dumps(told))
    for resource in told["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for holder in (span, *span.get("links", ())):
                    for key in {"traceId", "spanId", "parentSpanId"} & holder.keys():
                        raw = bytes.fromhex(holder[key])
                        holder[key] = base64.b64encode(raw).decode()
    data = TracesData()
    json_format.ParseDict(told, data)
    return data


def check_trace(timeline: Timeline, data: TracesData) -> None:
    [resource] = data.resource_spans
    [scope] = resource.scope_spans
    spans = {span.span_id: span for span in scope.spans}
    assert len(spans) == len(scope.spans)
    assert len({span.trace_id for span in scope.spans}) == 1
    roots = [span for span in scope.spans if not span.parent_span_id]
    assert len(roots) == 1
    for span in scope.spans:
        assert (len(span.trace_id), len(span.span_id)) == (16, 8)
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        if span.parent_span_id:
            parent = spans[span.parent_span_id]
            assert parent.start_time_unix_nano <= span.start_time_unix_nano
            assert span.end_time_unix_nano <= parent.end_time_unix_nano
    steps = [span for span in scope.spans if "aws.step_functions.state.type" in _keys(span)]
    assert len(steps) == len(timeline.steps)


def _keys(span: Any) -> set[str]:
    return {attribute.key for attribute in span.attributes}


@pytest.mark.parametrize("recorded", each_of(histories()))
def test_otlp_is_what_opentelemetry_defines(recorded: Events) -> None:
    for count in (len(recorded), len(recorded) // 2):
        timeline = reconstruct(recorded[:count])
        if timeline.steps:
            check_trace(timeline, as_protobuf(timeline_otlp(timeline, execution_arn=ARN)))


def test_otlp_of_branches_and_iterations_is_one_tree(wide: Timeline) -> None:
    check_trace(wide, as_protobuf(timeline_otlp(wide)))


def test_otlp_ids_are_the_same_each_time_and_differ_between_executions(wide: Timeline) -> None:
    assert timeline_otlp(wide) == timeline_otlp(wide)
    one, other = (
        timeline_otlp(wide, execution_arn=ARN),
        timeline_otlp(wide, execution_arn=ARN + "x"),
    )
    assert one["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["traceId"] == trace_id(ARN)
    assert one != other


def test_otlp_links_to_the_trace_of_a_nested_execution() -> None:
    call = {"resource": "startExecution.sync:2", "resourceType": "states"}
    timeline = reconstruct(
        events(
            ("ExecutionStarted", 0),
            ("TaskStateEntered", 0, named("Nest")),
            ("TaskScheduled", 2, call),
            ("TaskSubmitted", 3, {**call, "output": json.dumps({"ExecutionArn": ARN})}),
        )
    )
    spans = timeline_otlp(timeline)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    [link] = [link for span in spans for link in span.get("links", ())]
    assert link == {"traceId": trace_id(ARN), "spanId": span_id(ARN, "execution")}


def test_chrome_trace_has_the_documented_form_and_no_track_holds_two_things_at_once(
    wide: Timeline,
) -> None:
    trace = timeline_chrome(wide)
    assert trace["displayTimeUnit"] in ("ms", "ns")
    complete = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert {event["ph"] for event in trace["traceEvents"]} == {"X", "M"}
    for event in complete:
        assert event.keys() >= {"name", "cat", "ph", "ts", "dur", "pid", "tid", "args"}
        assert all(isinstance(event[key], int) for key in ("ts", "dur", "pid", "tid"))
        assert event["dur"] >= 0
    for track in {event["tid"] for event in complete}:
        open_until: list[int] = []
        own = [event for event in complete if event["tid"] == track]
        for event in sorted(own, key=lambda event: (event["ts"], -event["dur"])):
            while open_until and open_until[-1] <= event["ts"]:
                open_until.pop()
            assert not open_until or event["ts"] + event["dur"] <= open_until[-1]
            open_until.append(event["ts"] + event["dur"])
    named_tracks = {e["tid"] for e in trace["traceEvents"] if e["name"] == "thread_name"}
    assert {event["tid"] for event in complete} <= named_tracks
    assert len(named_tracks) < 14  # tracks are used again


def test_csv_has_a_line_per_step_and_no_formulas(wide: Timeline) -> None:
    rows = list(csv.DictReader(io.StringIO(timeline_csv(wide))))
    assert [row["path"] for row in rows] == [step.path for step in wide.steps]
    odd = events(("ExecutionStarted", 0), ("PassStateEntered", 0, named('=HYPERLINK("x"),\n')))
    [row] = csv.DictReader(io.StringIO(timeline_csv(reconstruct(odd))))
    assert row["name"] == '\'=HYPERLINK("x"),\n'


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＠", "\x00=", "\ufeff="]
)
def test_no_text_is_a_formula_in_a_spreadsheet(sign: str) -> None:
    odd = events(
        ("ExecutionStarted", 0),
        ("TaskStateEntered", 0, named(f"{sign}cmd|'/c calc'!A0")),
        ("TaskScheduled", 2, {}),
        ("TaskFailed", 3, {"error": f"{sign}1+1", "cause": f"{sign}1+1"}),
    )
    [row] = csv.DictReader(io.StringIO(timeline_csv(reconstruct(odd)), newline=""))
    assert all(row[column].startswith("'") for column in ("path", "name"))


def test_a_long_loop_is_told_by_its_ends_and_by_what_went_wrong_in_it() -> None:
    lines: list[tuple[Any, ...]] = [("ExecutionStarted", 0)]
    for number in range(100):
        previous = len(lines) if number else 0
        lines.append(("TaskStateEntered", previous, named("Look")))
        if number == 50:
            lines.append(("TaskScheduled", len(lines), {}))
            lines.append(("TaskFailed", len(lines), {"error": "Once"}))
        lines.append(("TaskStateExited", len(lines), named("Look")))
    lines.append(("WaitStateEntered", len(lines), named("Pause")))
    timeline = reconstruct(events(*lines))
    text = timeline_text(timeline)
    assert len(text.splitlines()) < 50
    assert "↪ Look (visit 51)" in text
    assert text.count("more, all succeeded") == 2
    assert f"▶ Pause  Wait  running  since {iso(timeline.steps[-1].entered)}" in text
    assert len(timeline_text(timeline, everything=True).splitlines()) > 100


def test_a_distributed_map_does_not_say_that_no_item_succeeded() -> None:
    run = {"mapRunArn": "arn:aws:states:eu-west-1:111122223333:mapRun:Plan/Each:1"}
    timeline = reconstruct(
        events(
            ("ExecutionStarted", 0),
            ("MapStateEntered", 0, named("Each")),
            ("MapStateStarted", 2, {"length": 3}),
            ("MapRunStarted", 3, run),
            ("MapRunSucceeded", 4),
            ("MapStateSucceeded", 5),
            ("MapStateExited", 4, named("Each")),
        )
    )
    assert "✓ Each  Map  succeeded  5 s  3 items in a Map Run" in timeline_text(timeline)


def test_the_tree_shows_what_went_wrong_and_counts_what_went_well(wide: Timeline) -> None:
    text = timeline_text(wide)
    assert "14 of 14 items" in text
    assert "… 4 more, all succeeded" in text
    assert text.count("Item  Task") == 10
    assert timeline_text(wide, everything=True).count("Item  Task") == 14


def test_the_tree_obeys_nobody() -> None:
    odd = events(("ExecutionStarted", 0), ("PassStateEntered", 0, named("\x1b[2J\x07evil\r\n")))
    text = timeline_text(reconstruct(odd))
    assert all(sign.isprintable() or sign == "\n" for sign in text)


# ---- the command line

FAILING = events(
    ("ExecutionStarted", 0, {"input": '{"password": "hunter2"}'}),
    ("FailStateEntered", 0, named("Stop")),
    ("ExecutionFailed", 2, {"error": "Broken", "cause": "on purpose"}),
)
DEFINITION = {"StartAt": "Stop", "States": {"Stop": {"Type": "Fail"}, "Other": {"Type": "Pass"}}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"events": FAILING}), encoding="utf-8")
    return path


def test_the_command_prints_a_tree(file: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "breakwater.timeline", str(file)],
        capture_output=True,
        text=True,
        check=True,
        cwd=CHECKOUT / "runtime",
    )
    assert "✗ Stop  Fail  failed" in ran.stdout
    assert "Failed in Stop: Broken: on purpose" in ran.stdout


@pytest.mark.parametrize("form", ["json", "otlp", "chrome"])
def test_the_command_prints_json(file: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--format", form, "--redact", "password"]) == 0
    printed = capsys.readouterr().out
    assert "hunter2" not in printed
    assert json.loads(printed)


def test_the_command_takes_a_definition_raw_or_as_aws_prints_it(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for told in (DEFINITION, {"definition": json.dumps(DEFINITION)}):
        path = tmp_path / "definition.json"
        path.write_text(json.dumps(told), encoding="utf-8")
        assert main([str(file), "--definition", str(path)]) == 0
        assert "Not entered: Other" in capsys.readouterr().out


def test_the_command_reads_from_aws_when_told_an_arn(capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def ask(arn: str) -> Source:
        asked.append(arn)
        return Source(FAILING, json.dumps(DEFINITION))

    assert main(["--execution", ARN, "--format", "json"], ask=ask) == 0
    assert asked == [ARN]
    assert json.loads(capsys.readouterr().out)["pending"][0]["name"] == "Other"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ('{"Events": []}', "no list of events"),
        ("[" * 100_000, "is not JSON"),
        (None, "could not be read"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "history.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main([str(path)]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_the_command_says_what_is_wrong_with_its_arguments(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    assert main([str(file), "--execution", ARN]) == 2
    empty = tmp_path / "definition.json"
    empty.write_text("{}", encoding="utf-8")
    assert main([str(file), "--definition", str(empty)]) == 2
    assert "no member States" in capsys.readouterr().err

    def refuse(_arn: str) -> Source:
        raise Unreadable("no such execution")

    assert main(["--execution", ARN], ask=refuse) == 2
    assert "no such execution" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json", "otlp", "chrome", "csv"])
@pytest.mark.parametrize("content", ["[]", '[1, null, {"id": 1}]', None])
def test_the_command_prints_odd_histories_in_every_form(
    content: str | None, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half = events(("PassStateEntered", 0, named("\ud800", input="\udfff")))
    path = tmp_path / "history.json"
    path.write_text(content or json.dumps(half), encoding="utf-8")
    assert main([str(path), "--format", form]) == 0
    assert capsys.readouterr().out
