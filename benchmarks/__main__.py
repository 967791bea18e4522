"""`make bench`: measure every area and rewrite docs/benchmarks.md; `… NAME` rewrites one section.

Exit status 1 when a budget was not kept.
"""

import importlib
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import psutil

from benchmarks.measure import CHECKOUT, Row

AREAS = {
    "synthesis": "Synthesis and the checks",
    "functions": "Functions",
    "api": "The API",
    "engine": "The recovery engine",
    "recoveries": "Recoveries on the embedded AWS",
    "index": "The execution index",
    "embedded_aws": "The embedded AWS",
    "drs_simulator": "The DRS simulator",
    "timeline": "The timeline",
    "workflows": "Workflows",
    "analytics": "Analytics",
    "live": "Live updates",
    "portal": "The portal",
}
DOCUMENT = CHECKOUT / "docs" / "benchmarks.md"
_INTRODUCTION = """# Benchmarks

Written by `make bench`; do not edit. Every figure is the median of several runs, taken in turns
with its reference in the same run on the same machine: the ratio holds where seconds do not.
This machine: {cores} cores, {memory:.0f} GiB, Python {python}.
"""


def main(wanted: Sequence[str]) -> int:
    """Measure the areas that are named, or all."""
    unknown = [name for name in wanted if name not in AREAS]
    if unknown:
        print(f"benchmarks: no area {unknown[0]!r}; there are: {', '.join(AREAS)}", file=sys.stderr)
        return 2
    kept = True
    for name in wanted or AREAS:
        print(f"{AREAS[name]}", flush=True)
        rows = []
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            rows.append(row)
            print(f"  {_line(row)}", flush=True)
        kept &= all(row.kept for row in rows)
        # At once: what was measured is not lost if a later area is interrupted.
        text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
        DOCUMENT.write_text(with_section(text, name, section(AREAS[name], rows)), encoding="utf-8")
        print(f"  Written: {DOCUMENT.relative_to(CHECKOUT)}", flush=True)
    return 0 if kept else 1


def _line(row: Row) -> str:
    ratio = f" = {row.ratio:.2f} x" if row.ratio is not None else ""
    sign = "✓" if row.kept else "✗"
    return f"{sign} {row.what}: {row.measured} against {row.reference}{ratio} (budget {row.budget})"


def section(title: str, rows: Sequence[Row]) -> str:
    """An area as the document shows it."""
    measured = datetime.now(UTC).date()
    parts = [
        f"## {title}\n\nMeasured on {measured}.\n",
        "| What | Measured | Against | Reference | Ratio | Budget | Kept |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else "–"
        kept = "yes" if row.kept else "**no**"
        cells = (row.what, row.measured, row.against, row.reference, ratio, row.budget, kept)
        parts.append(f"| {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


def with_section(document: str, name: str, measured: str) -> str:
    """The document with this section in place of the one before, in the order of the areas."""
    found = {
        part.split("\n", 1)[0]: f"## {part}".strip() + "\n" for part in document.split("\n## ")[1:]
    }
    found[AREAS[name]] = measured
    sections = [found[title] for title in AREAS.values() if title in found]
    introduction = _INTRODUCTION.format(
        cores=psutil.cpu_count(),
        memory=psutil.virtual_memory().total / 2**30,
        python=platform.python_version(),
    )
    return "\n".join([introduction, *sections])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
