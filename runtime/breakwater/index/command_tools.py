"""`python -m breakwater.index backfill | sweep | health | replay | export`."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from breakwater.contract import IndexSettings
from breakwater.index.arns import machine_of
from breakwater.index.deployed import Deployed
from breakwater.index.export import Export
from breakwater.index.health import health
from breakwater.index.health_record import HealthRecord
from breakwater.index.malformed import Malformed
from breakwater.index.question import Period, period
from breakwater.index.replay import Replay
from breakwater.index.when import moments
from breakwater.platform import clock
from breakwater.platform.http.errors import BadRequest

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# A sweep may take fourteen minutes; asking again because of silence would start another.
_PATIENT = Config(read_timeout=900, retries={"total_max_attempts": 1})
_BUSY_SECONDS = 5.0


class FunctionFailed(RuntimeError):
    """A function of the index ended in an error; the message has what it said."""


@dataclass(frozen=True)
class Tools:
    """What commands work with."""

    session: boto3.Session
    index: Deployed

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The table's client."""
        return self.session.client("dynamodb")

    def call(self, function: str, request: dict[str, Any]) -> dict[str, Any]:
        """Let a function of the index do something, and wait for its answer."""
        answer = self.session.client("lambda", config=_PATIENT).invoke(
            FunctionName=function, Payload=json.dumps(request).encode()
        )
        said: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
        if answer.get("FunctionError"):
            raise FunctionFailed(
                f"{function} ended in an error: {said.get('errorMessage', said)}. Its log has more."
            )
        return said


def add_commands(commands: Any, where: argparse.ArgumentParser) -> None:
    """The words of the commands."""

    def add(name: str, run: Callable[[argparse.Namespace, Tools], int], help: str) -> Any:
        command = commands.add_parser(name, parents=[where], help=help)
        command.set_defaults(run=run)
        return command

    backfill = add("backfill", _backfill, "write past executions into the index; go on if stopped")
    backfill.add_argument("--state-machine", help="the ARN of one; default: all")
    backfill.add_argument("--afresh", action="store_true", help="begin again from the start")
    backfill.add_argument(
        "--no-details", action="store_true", help="faster, without errors, causes and search"
    )
    backfill.add_argument("--page-size", type=int, help=argparse.SUPPRESS)
    sweep = add("sweep", _sweep, "look for what events missed, now")
    sweep.add_argument("--thorough", action="store_true", help="also the last minute, and redrives")
    add("health", _health, "lag, last sweep, repairs, dead letters")
    replay = add("replay", _replay, "try again what could not be indexed")
    replay.add_argument("--look", action="store_true", help="only show some, with their reasons")
    export = add("export", _export, "JSON lines in S3, by day")
    export.add_argument("--bucket", required=True, help="yours: this needs leave to write there")
    export.add_argument("--prefix", default="executions", help="default: executions")
    export.add_argument("--since", help="the days since: 7d, 2026-11-20; default: all")
    export.add_argument("--until", help="the days before")


def _backfill(options: argparse.Namespace, tools: Tools) -> int:
    request: dict[str, Any] = {"details": not options.no_details, "afresh": options.afresh}
    if options.state_machine:
        try:
            request["stateMachineArn"] = machine_of(options.state_machine)
        except Malformed as wrong:
            raise BadRequest(f"--state-machine: {wrong}") from wrong
    if options.page_size:
        request["pageSize"] = options.page_size
    while True:
        said = tools.call(tools.index.backfill, request)
        if "busyUntil" in said:
            print(f"Another backfill is under way, until {said['busyUntil']} at most; waiting.")
            time.sleep(_BUSY_SECONDS)
            continue
        print(json.dumps(said) if options.json else _progress(said), flush=True)
        if said["done"]:
            return 0
        request["afresh"] = False
        if "throttled" in (said["stoppedBy"] or ""):
            time.sleep(_BUSY_SECONDS)  # others need the quota


def _progress(said: dict[str, Any]) -> str:
    begun = "went on" if said["resumed"] else "began"
    state = "done" if said["done"] else f"stopped by {said['stoppedBy']}"
    return (
        f"{begun}: {said['machines_done']} of {said['machines']} state machines, "
        f"{said['listed']} executions listed, {said['written']} written, {said['known']} known, "
        f"{said['expired']} too old; {state}"
    )


def _sweep(options: argparse.Namespace, tools: Tools) -> int:
    said = tools.call(tools.index.sweep, {"thorough": options.thorough})
    if options.json:
        print(json.dumps(said))
    elif "busyUntil" in said:
        print(f"Another sweep is under way, until {said['busyUntil']} at most.")
    else:
        stopped = f"; stopped by {said['stoppedBy']}" if said["stoppedBy"] else ""
        print(
            f"{said['machines']} state machines, {said['listed']} executions listed, "
            f"{said['asked']} asked for, {said['repaired']} repaired, {said['missed']} missed, "
            f"{said['gone']} gone{stopped}"
        )
    return 1 if said.get("busyUntil") or said.get("stoppedBy") else 0


def _health(options: argparse.Namespace, tools: Tools) -> int:
    record = HealthRecord(tools.dynamodb, tools.index.table).read()
    minutes = record.get("sweepMinutes", IndexSettings().sweepMinutes)
    letters = Replay(
        tools.session.client("sqs"), queue=tools.index.queue, dead_letters=tools.index.dead_letters
    )
    record |= {"deadLetters": letters.count(), "waiting": letters.waiting()}
    found = health(record, sweep_minutes=minutes, now=clock.now())
    if options.json:
        print(json.dumps(found.to_json()))
    else:
        for name, value in sorted(found.record.items()):
            print(f"{name:<20} {value}")
        print(*(found.problems or ["All is well."]), sep="\n")
    return 0 if found.well else 1


def _replay(options: argparse.Namespace, tools: Tools) -> int:
    letters = Replay(
        tools.session.client("sqs"), queue=tools.index.queue, dead_letters=tools.index.dead_letters
    )
    number = 0
    for letter in letters.look() if options.look else letters.replay():
        number += 1
        shown = {"reason": letter.reason, "laidAsideAt": letter.laid_aside_at, "body": letter.body}
        print(json.dumps(shown) if options.json else f"{letter.reason}  {letter.body[:200]}")
    if not options.json:
        verb = "lie there" if options.look else "were sent back to be indexed"
        print(f"{letters.count() if options.look else number} {verb}.", file=sys.stderr)
    return 0


def _export(options: argparse.Namespace, tools: Tools) -> int:
    days = period("since", moments("since", options.since, options.until, clock.now()))
    exporting = Export(
        tools.dynamodb,
        tools.index.table,
        tools.session.client("s3"),
        bucket=options.bucket,
        prefix=options.prefix,
    )
    total = 0
    for written in exporting.run(days or Period()):
        total += written.rows
        line = {"key": written.key, "rows": written.rows}
        print(json.dumps(line) if options.json else f"{written.rows:>8}  {written.key}", flush=True)
    if not options.json:
        print(f"{total} rows.", file=sys.stderr)
    return 0
