"""Which plan is drilled: the sample, one by its name, or one of a file, which is applied first."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import Emulator, without_aws_settings
from breakwater_local.operations import Operations
from breakwater_local.place import CHECKOUT
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

SAMPLE = Path(__file__).with_name("sample_plan.yaml")
_FILES = (".yaml", ".yml")


def plan_id(wanted: str | None, planner: Operations, aws: Emulator) -> str:
    """The id of the plan; a Problem that says which plans there are if it is none of them."""
    if wanted is None:
        return _sample(planner)
    if wanted.endswith(_FILES):
        return _applied(Path(wanted), planner, aws)
    known = _plans(planner)
    found = known.get(wanted.casefold())
    if found is None:
        names = ", ".join(plan["name"] for plan in known.values()) or "none yet"
        raise Problem(
            f"There is no plan called {wanted!r}. There are: {names}.",
            "make drill PLAN='its name', PLAN=plans.yaml to apply a file first, or without PLAN "
            "for the sample.",
        )
    return str(found["planId"])


def _sample(planner: Operations) -> str:
    """The sample; what is missing of it is put there, what is there is left as somebody made it."""
    content = _read(SAMPLE)
    [sample] = content["plans"]
    found = _plans(planner).get(sample["name"].casefold())
    if found is not None:
        return str(found["planId"])
    with Step(f"Putting the plan {sample['name']} there, with its groups"):
        ids = {group["name"]: group["groupId"] for group in planner.every("/protection-groups")}
        for group in content["groups"]:
            if group["name"] not in ids:
                ids[group["name"]] = planner.post("/protection-groups", group)["groupId"]
        waves = [_with_ids(wave, ids) for wave in sample["waves"]]
        return str(planner.post("/recovery-plans", {**sample, "waves": waves})["planId"])


def _with_ids(wave: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Files name groups, the API takes their ids."""
    other = {name: value for name, value in wave.items() if name != "groups"}
    return {**other, "groupIds": [ids[name] for name in wave["groups"]]}


def _applied(file: Path, planner: Operations, aws: Emulator) -> str:
    """The plan of a file, once groups and plans are as it says: what `apply` does, no more."""
    command = [sys.executable, "-m", "breakwater.recovery", "apply", str(file), "--yes"]
    environment = {**without_aws_settings(os.environ), **aws.client_environment}
    applied = subprocess.run(
        [*command, "--environment", ENVIRONMENT],
        env={**environment, "PYTHONPATH": str(CHECKOUT / "runtime")},
        capture_output=True,
        text=True,
        check=False,
    )
    if applied.returncode != 0:
        raise Problem(
            f"The file was not applied.\n{(applied.stderr or applied.stdout).strip()}",
            "The form of such files: docs/plans-as-files.md",
        )
    print(applied.stdout, end="")
    names = [plan["name"] for plan in _read(file).get("plans") or []]
    if len(names) != 1:
        raise Problem(
            f"{file} was applied, but it has {len(names)} plans: {', '.join(names) or 'none'}.",
            "Say which one: make drill PLAN='its name'",
        )
    return str(_plans(planner)[names[0].casefold()]["planId"])


def _plans(planner: Operations) -> dict[str, Any]:
    return {plan["name"].casefold(): plan for plan in planner.every("/recovery-plans")}


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content
