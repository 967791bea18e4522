"""Histories and definitions that were recorded on AWS; they lie beside the checkout."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("BREAKWATER_RECORDED", CHECKOUT.parent / "shared" / "recorded"))
Events = list[dict[str, Any]]


@cache
def histories() -> dict[str, Events]:
    """Name → events; empty where they are not there."""
    return _read("histories.json")


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """Path → definition; empty where they are not there."""
    return _read("definitions.json")


def _read(name: str) -> dict[str, Any]:
    path = FOLDER / name
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def each(found: dict[str, Any]) -> list[Any]:
    """Parameters for a test of each; one that is skipped and says why where there are none."""
    if found:
        return [pytest.param(value, id=name) for name, value in found.items()]
    reason = f"no recorded data at {FOLDER}: set BREAKWATER_RECORDED to the folder that has it"
    return [pytest.param({}, id="absent", marks=pytest.mark.skip(reason=reason))]
