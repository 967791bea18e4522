"""Keeps the report of a run as files: JSON for programs, one HTML page for people."""

import json
from dataclasses import dataclass
from pathlib import Path

from breakwater_local.drill.run_time import Json
from breakwater_local.operations import Operations
from breakwater_local.place import problem_of


@dataclass(frozen=True)
class Evidence:
    """What was written."""

    report: Json
    json_file: Path
    page_file: Path


def keep_evidence(api: Operations, execution_id: str, folder: Path) -> Evidence:
    """Fetch both, then write both, each whole or not at all; written again, the newer stays."""
    path = f"/executions/{execution_id}/report"
    report, page = api.get(path), api.page(f"{path}.html")
    files = folder / f"{execution_id}.json", folder / f"{execution_id}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(files[0], json.dumps(report, indent=2, ensure_ascii=False) + "\n")
        _write(files[1], page)
    except OSError as error:
        raise problem_of(error, folder) from error
    return Evidence(report, *files)


def _write(file: Path, text: str) -> None:
    written = file.with_name(f".{file.name}.new")
    written.write_text(text, encoding="utf-8")
    written.replace(file)
