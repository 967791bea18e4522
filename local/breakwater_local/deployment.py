"""Deploys the templates of the environment `local` to the embedded AWS, with the real CDK."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from breakwater.contract import STACKS, stack_name
from breakwater_local.command import run
from breakwater_local.drs.process import Simulator
from breakwater_local.emulator import ACCOUNT, REGION, Emulator, without_aws_settings
from breakwater_local.live_alias import apply_live_aliases
from breakwater_local.place import CHECKOUT, Place
from breakwater_local.powertools_layer import publish_powertools_layer
from breakwater_local.problem import Problem
from breakwater_local.progress import Step
from breakwater_local.table_settings import apply_table_settings

ENVIRONMENT = "local"
TOOLKIT = "CDKToolkit"
OUR_STACKS = (TOOLKIT, *(stack_name(ENVIRONMENT, part) for part in STACKS))
# The same path as in stacks/environments.py (a test compares them).
DRS_ENDPOINT_PARAMETER = "/breakwater/local/drs-endpoint"
SETTLE_SECONDS = 120.0
_AFRESH = "Start afresh: make down, then make up. (What the embedded AWS holds is lost.)"
_SOURCE_FILES = ("app.py", "cdk.json", "requirements.txt", "package-lock.json")
_SOURCE_FOLDERS = ("stacks", "constructs", "runtime", "local")

_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
# Out of these a deployment gets by itself.
_DEPLOYABLE = (*_GOOD, "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")


def deploy(place: Place, emulator: Emulator, simulator: Simulator, lock: int) -> None:
    """Bring the embedded AWS to what the checkout says; at once when it is already there.

    :param lock: the descriptor of the held lock. CDK inherits it: if this command is killed, the
        deployment that goes on is waited for, not run over.
    """
    now = {
        "sources": fingerprint(CHECKOUT),
        "emulator": f"{emulator.pid} {emulator.started}",
        "simulator": simulator.endpoint,
    }
    stacks = _settled_stacks(emulator)
    whole = all(stacks.get(name) in _GOOD for name in OUR_STACKS)
    if whole and _last(place) == now:
        return
    place.deployment_record.unlink(missing_ok=True)
    place.deployment_log.unlink(missing_ok=True)
    if stacks.get(TOOLKIT) not in _GOOD:
        _cdk(
            *(place, emulator, lock, "Preparing it for CDK"),
            *("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", ""),
        )
    with Step("Publishing the Powertools layer and the address of DRS"):
        publish_powertools_layer(emulator)
        emulator.client("ssm").put_parameter(
            Name=DRS_ENDPOINT_PARAMETER, Value=simulator.endpoint, Type="String", Overwrite=True
        )
    _cdk(
        *(place, emulator, lock, "Deploying the stacks"),
        *("deploy", "--all", "-c", f"environment={ENVIRONMENT}", "--output", str(place.assembly)),
        *("--require-approval", "never", "--progress", "events"),
    )
    with Step("Setting what its CloudFormation leaves out"):
        ours = [stack_name(ENVIRONMENT, part) for part in STACKS]
        apply_table_settings(emulator, ours)
        apply_live_aliases(emulator, ours)
    place.deployment_record.write_text(json.dumps(now), encoding="utf-8")


def stack_statuses(emulator: Emulator) -> dict[str, str]:
    """Our stacks that exist, in the order in which they are deployed; nobody else's."""
    pages = emulator.client("cloudformation").get_paginator("describe_stacks").paginate()
    found = {stack["StackName"]: stack["StackStatus"] for page in pages for stack in page["Stacks"]}
    return {name: found[name] for name in OUR_STACKS if name in found}


def stack_outputs(emulator: Emulator, name: str) -> dict[str, str]:
    """What a stack says of itself; nothing where there is no such stack."""
    try:
        [stack] = emulator.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":  # "does not exist" has no code
            raise
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def fingerprint(checkout: Path) -> str:
    """Changes when anything does that a deployment is made from."""
    digest = hashlib.sha256()
    for path in _sources(checkout):
        digest.update(str(path.relative_to(checkout)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(checkout: Path) -> Iterator[Path]:
    yield from (checkout / name for name in _SOURCE_FILES)
    for folder in _SOURCE_FOLDERS:
        for path in sorted((checkout / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _settled_stacks(emulator: Emulator) -> dict[str, str]:
    """The stacks, once nothing is in progress; a half-deployed one that is stuck is a Problem."""
    stacks = stack_statuses(emulator)
    if _in_progress(stacks):
        with Step("Waiting for a deployment that is under way") as step:
            deadline = time.monotonic() + SETTLE_SECONDS
            while (busy := _in_progress(stacks)) and time.monotonic() < deadline:
                step.says(", ".join(busy))
                time.sleep(0.5)
                stacks = stack_statuses(emulator)
    stuck = {name: status for name, status in stacks.items() if status not in _DEPLOYABLE}
    if stuck:
        said = ", ".join(f"{name} is {status}" for name, status in stuck.items())
        raise Problem(f"A deployment is stuck half-way: {said}.", _AFRESH)
    return stacks


def _in_progress(stacks: dict[str, str]) -> list[str]:
    return [
        f"{name} is {status}"
        for name, status in stacks.items()
        if status.endswith("_IN_PROGRESS") and status not in _DEPLOYABLE
    ]


def _cdk(place: Place, emulator: Emulator, lock: int, title: str, *arguments: str) -> None:
    binaries = CHECKOUT / ".venv" / "bin"
    with Step(title) as step:
        run(
            [str(binaries / "node"), str(CHECKOUT / "node_modules/aws-cdk/bin/cdk"), *arguments],
            step=step,
            cwd=CHECKOUT,
            environment={
                **without_aws_settings(os.environ),
                **emulator.client_environment,
                "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
                "NO_COLOR": "1",
            },
            log=place.deployment_log,
            remedy=f"Mend the cause and run make up again; it goes on from here. {_AFRESH}",
            keep_open=[lock],
        )


def _last(place: Place) -> Any:
    try:
        return json.loads(place.deployment_record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None  # nothing was deployed, or the record was cut off: deploy
