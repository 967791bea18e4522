"""What a function does while it starts: what every call needs, and nothing that only some need.

No stop watch: which clients are made, and which modules are imported, in a process that has just
started. What that costs is in docs/benchmarks.md.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from breakwater_constructs.runtime_code import runtime_directory
from tests.function_settings import SETTINGS

HANDLERS = sorted(
    path.stem for path in (runtime_directory() / "breakwater/handlers").glob("[a-z]*.py")
)
# Each in a fork, so that boto3 and Powertools are imported once.
PROGRAM = """
import importlib, json, os, sys
import aws_lambda_powertools.event_handler
import botocore.session

def start(handler):
    clients = []
    make = botocore.session.Session.create_client
    def made(self, service, *given, **named):
        clients.append(service)
        return make(self, service, *given, **named)
    botocore.session.Session.create_client = made
    importlib.import_module(f"breakwater.handlers.{handler}")
    modules = sorted(name for name in sys.modules if name.startswith("breakwater."))
    print(json.dumps({"handler": handler, "clients": clients, "modules": modules}), flush=True)

for handler in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        start(handler)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, handler
"""


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a function did while it started."""

    clients: list[str]
    modules: frozenset[str]


@pytest.fixture(scope="module")
def starts() -> Mapping[str, Start]:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *HANDLERS],
        env={**os.environ, **SETTINGS, "PYTHONPATH": str(runtime_directory())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return {
        told["handler"]: Start(clients=told["clients"], modules=frozenset(told["modules"]))
        for told in map(json.loads, ended.stdout.splitlines())
    }


ONE_AND_MORE = {
    "timeline": {"stepfunctions"},  # every question is about a history
    "contribute": {"stepfunctions"},
    "contribute_sweep": {"stepfunctions"},
    "index_backfill": {"stepfunctions"},
    "index_capture": {"stepfunctions"},
    "index_sweep": {"stepfunctions", "sqs"},  # it counts the dead letters
    "live_again": {"apigatewaymanagementapi"},
    "live_changes": {"apigatewaymanagementapi", "events"},
    "live_logs": {"apigatewaymanagementapi", "events"},
    "live_socket": {"apigatewaymanagementapi"},
    "live_tail": {"apigatewaymanagementapi", "events", "stepfunctions"},
    "pause_gate": {"events"},
}
"""Clients that each call of a function needs, beside the one of DynamoDB."""

HEAVY = {
    "actions": ("recovery", "timeline", "workflows.engines"),
    "bulk_work": ("recovery", "timeline.timeline", "workflows.engines.recovery"),
    "workflows": ("recovery.engine.engine", "recovery.engine.run_view", "timeline.timeline"),
    "bulk": ("recovery.engine.engine", "recovery.engine.run_view", "timeline.timeline"),
    "executions": ("recovery.engine.engine", "recovery.engine.watching", "timeline", "workflows"),
    "plans": ("recovery.engine", "timeline", "workflows"),
    "health": ("index", "recovery", "timeline", "workflows"),
}
"""What a function does not import before somebody asks for it, if it ever does."""


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_makes_the_clients_that_its_every_call_needs(
    handler: str, starts: Mapping[str, Start]
) -> None:
    needed = {"dynamodb"} | ONE_AND_MORE.get(handler, set())
    assert sorted(starts[handler].clients) == sorted(needed), "each once; see platform/late.py"


@pytest.mark.parametrize("handler", HEAVY)
def test_a_function_imports_what_only_some_calls_need_when_they_come(
    handler: str, starts: Mapping[str, Start]
) -> None:
    early = {
        module
        for module in starts[handler].modules
        for heavy in HEAVY[handler]
        if f"{module}.".startswith(f"breakwater.{heavy}.")
    }
    assert not early
