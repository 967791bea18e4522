"""`make bench`: measure every area and rewrite docs/benchmarks.md; `… NAME` measures one, prints.

Exit status 1 when a budget was not kept.
"""

import importlib
import platform
import sys
from collections.abc import Sequence

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
}
DOCUMENT = CHECKOUT / "docs" / "benchmarks.md"
_INTRODUCTION = """# Benchmarks

Written by `make bench`; do not edit. Every figure is the median of several runs, taken in turns
with its reference in the same run on the same machine: the ratio holds where seconds do not.
This run: {cores} cores, {memory:.0f} GiB, Python {python}.
"""


def main(wanted: Sequence[str]) -> int:
    """Measure the areas that are named, or all."""
    unknown = [name for name in wanted if name not in AREAS]
    if unknown:
        print(f"benchmarks: no area {unknown[0]!r}; there are: {', '.join(AREAS)}", file=sys.stderr)
        return 2
    results: dict[str, list[Row]] = {}
    for name in wanted or AREAS:
        print(f"{AREAS[name]}", flush=True)
        results[name] = []
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            results[name].append(row)
            print(f"  {_line(row)}", flush=True)
    if not wanted:
        DOCUMENT.write_text(_document(results), encoding="utf-8")
        print(f"Written: {DOCUMENT.relative_to(CHECKOUT)}")
    return 0 if all(row.kept for rows in results.values() for row in rows) else 1


def _line(row: Row) -> str:
    ratio = f" = {row.ratio:.2f} x" if row.ratio is not None else ""
    sign = "✓" if row.kept else "✗"
    return f"{sign} {row.what}: {row.measured} against {row.reference}{ratio} (budget {row.budget})"


def _document(results: dict[str, list[Row]]) -> str:
    parts = [
        _INTRODUCTION.format(
            cores=psutil.cpu_count(),
            memory=psutil.virtual_memory().total / 2**30,
            python=platform.python_version(),
        )
    ]
    for name, rows in results.items():
        parts.append(f"\n## {AREAS[name]}\n")
        parts.append("| What | Measured | Against | Reference | Ratio | Budget | Kept |")
        parts.append("| --- | --- | --- | --- | --- | --- | --- |")
        for row in rows:
            ratio = f"{row.ratio:.2f}" if row.ratio is not None else "–"
            kept = "yes" if row.kept else "**no**"
            cells = (row.what, row.measured, row.against, row.reference, ratio, row.budget, kept)
            parts.append(f"| {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
