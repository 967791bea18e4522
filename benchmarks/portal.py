"""The portal: how much is loaded first, and how quick lists, Gantts and diagrams are in Chromium.

The built page, over an API that answers at once (portal/browser/measure.mjs); and on an embedded
AWS of its own, from a click to what it leads to (portal/browser/opened.mjs). It needs a Chromium:
CHROMIUM_PATH, or where Debian puts it.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.embedded_aws import _UP
from benchmarks.measure import CHECKOUT, Row, command, shown
from benchmarks.opened import opened
from breakwater_local import emulator
from breakwater_local.drs import process as drs
from breakwater_local.place import Place
from breakwater_local.portal.build import build

SCRIPT_BUDGET, STYLE_BUDGET = 450 * 1000, 120 * 1000
LIST_SECONDS, UPDATE_SECONDS, GANTT_SECONDS = 2.0, 0.1, 0.3
TASK_SECONDS, LAYOUT_SECONDS = 0.1, 0.1
OPENED_SECONDS = 0.5


def rows() -> Iterator[Row]:
    """Sizes first: they need no browser."""
    built = build(Place().state / "portal.log")
    yield from _first_load(built)
    said = subprocess.run(
        [
            str(CHECKOUT / ".venv/bin/node"),
            *("--no-warnings", str(CHECKOUT / "portal/browser/measure.mjs")),
        ],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = {name: value / 1000 for name, value in json.loads(said.stdout).items()}
    yield _within(
        "first page of 500 active workflows, from the navigation to the 50th row",
        told["list"],
        ("an empty page of the same frame", told["empty"]),
        LIST_SECONDS,
    )
    yield _within(
        "50 rows that changed, from the answer to the paint", told["update"], None, UPDATE_SECONDS
    )
    gantt = ("one of 10 rows", told["ganttSmall"])
    yield _within(
        "Gantt of 1,000 rows, from the click to the paint", told["gantt"], gantt, GANTT_SECONDS
    )
    yield _within("the longest task while it is scrolled", told["scroll"], None, TASK_SECONDS)
    yield _within("layout of 100 states", told["layout100"], None, LAYOUT_SECONDS)
    yield _within(
        "the page's longest task while 500 states are laid out in a worker, and drawn",
        told["blocked500"],
        ("the layout itself", told["layout500"]),
        TASK_SECONDS,
    )
    yield _opened()


def _opened() -> Row:
    """An embedded AWS of its own is started, measured and ended."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            command([sys.executable, "-c", _UP, str(place.state)], dict(os.environ))()
            running = emulator.find(place)
            assert running is not None
            pair = opened(running)
        finally:
            drs.stop(place)
            emulator.stop(place)
    return _within(
        "from the click on a row of the list to the steps of its workflow, on the embedded AWS",
        pair.seconds,
        ("an empty function of the same API, called by the same page", pair.reference_seconds),
        OPENED_SECONDS,
    )


def _first_load(built: Path) -> Iterator[Row]:
    """What index.html names, and what that imports at once."""
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    wanted, scripts, styles = ["index.html"], set[str](), set[str]()
    while wanted:
        part = manifest[wanted.pop()]
        if part["file"] not in scripts:
            scripts.add(part["file"])
            styles |= set(part.get("css", []))
            wanted += part.get("imports", [])
    for what, files, budget in (
        ("scripts", scripts, SCRIPT_BUDGET),
        ("style sheets", styles, STYLE_BUDGET),
    ):
        size = sum(len(gzip.compress((built / file).read_bytes(), 9)) for file in files)
        yield Row(
            what=f"{what} of the first load, gzip -9",
            measured=f"{size / 1000:.0f} KB",
            against="–",
            reference="–",
            ratio=None,
            budget=f"≤ {budget // 1000} KB",
            kept=size <= budget,
        )


def _within(what: str, seconds: float, against: tuple[str, float] | None, most: float) -> Row:
    return Row(
        what=what,
        measured=shown(seconds),
        against=against[0] if against else "–",
        reference=shown(against[1]) if against else "–",
        ratio=seconds / against[1] if against and against[1] else None,
        budget=f"≤ {shown(most)}",
        kept=seconds <= most,
    )
