"""`python -m breakwater.timeline`: a history, from a file or from AWS, in the form that is asked.

    aws stepfunctions get-execution-history --execution-arn ARN > history.json
    python -m breakwater.timeline history.json
    python -m breakwater.timeline --execution ARN --format json

Task tokens are never printed. Exit status: 0 printed; 2 it could not be read.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from breakwater.timeline.chrome_export import timeline_chrome
from breakwater.timeline.csv_export import timeline_csv
from breakwater.timeline.definition import NotADefinition
from breakwater.timeline.otlp_export import timeline_otlp
from breakwater.timeline.text_tree import timeline_text
from breakwater.timeline.timeline import Timeline, reconstruct

FORMATS = ("text", "json", "otlp", "chrome", "csv")


class Unreadable(Exception):
    """There is no history to be shown; the message says why and what to do."""


class Source(NamedTuple):
    """What was read: events, and the definition where it is known."""

    events: Sequence[Any]
    definition: str | Mapping[str, Any] | None


Ask = Callable[[str], Source]


def main(
    arguments: Sequence[str] | None = None, *, ask: Ask | None = None, out: TextIO | None = None
) -> int:
    """Print one timeline.

    :param ask: reads an execution from AWS; the default makes a boto3 client.
    """
    options = _parser().parse_args(arguments)
    try:
        timeline = _timeline(options, ask or _from_aws)
        printed = _printed(timeline, options)
        # Half characters, which JSON can hold and a terminal cannot.
        printed = printed.encode("utf-8", "replace").decode("utf-8")
        print(printed, end="", file=out or sys.stdout)
    except (Unreadable, NotADefinition) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _timeline(options: argparse.Namespace, ask: Ask) -> Timeline:
    if (options.history is None) == (options.execution is None):
        raise Unreadable("Say either a file or --execution ARN; --help tells more.")
    if options.execution is not None:
        source = ask(options.execution)
    else:
        source = Source(_events(_json(options.history)), None)
    definition = source.definition
    if options.definition is not None:
        definition = _definition(_json(options.definition))
    return reconstruct(source.events, definition)


def _printed(timeline: Timeline, options: argparse.Namespace) -> str:
    keys = options.redact
    if options.format == "csv":
        return timeline_csv(timeline, keys=keys)
    if options.format == "text":
        return timeline_text(timeline, keys=keys, everything=options.all)
    if options.format == "otlp":
        told = timeline_otlp(timeline, execution_arn=options.execution, keys=keys)
    elif options.format == "chrome":
        told = timeline_chrome(timeline, keys=keys)
    else:
        told = timeline.to_json(keys=keys)
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _json(path: str) -> Any:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} could not be read: {error}") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"{path} is not JSON ({error}). Write it with: aws stepfunctions "
            "get-execution-history --execution-arn ARN --output json"
        ) from error


def _events(told: Any) -> Sequence[Any]:
    events = told.get("events") if isinstance(told, dict) else told
    if not isinstance(events, list):
        raise Unreadable(
            'The file has no list of events: {"events": […]} is expected, as aws stepfunctions '
            "get-execution-history prints it."
        )
    return events


def _definition(told: Any) -> Any:
    """A definition, or what DescribeStateMachine prints, which holds it as text."""
    if isinstance(told, dict) and isinstance(told.get("definition"), str):
        return told["definition"]
    return told


def _from_aws(execution_arn: str) -> Source:
    # Only now: who reads a file needs no boto3.
    from breakwater.timeline.aws_source import read_from_aws  # noqa: PLC0415

    events, definition = read_from_aws(
        execution_arn, refused=Unreadable, warn=lambda said: print(said, file=sys.stderr)
    )
    return Source(events, definition)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m breakwater.timeline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("history", nargs="?", help="a file with the events, or - for the input")
    parser.add_argument("--execution", metavar="ARN", help="read this execution from AWS")
    parser.add_argument("--definition", metavar="FILE", help="the state machine's definition")
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--all", action="store_true", help="text: every branch, iteration and visit"
    )
    parser.add_argument(
        "--redact",
        metavar="KEY",
        action="append",
        default=[],
        help="show no value of members with this name, at any depth; may be said several times",
    )
    return parser
