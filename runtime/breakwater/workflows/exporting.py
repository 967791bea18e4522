"""A workflow whole, in a form that other tools open. Pure.

An answer of a function has 6 MB; of a larger one nothing is cut off: it is said what else there is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from breakwater.platform.http.errors import Unprocessable

LARGEST = 5_000_000
"""Bytes of text: Lambda gives six megabytes, and wraps the text in JSON."""


class ExportFormat(StrEnum):
    """The forms."""

    JSON = "json"
    OTLP = "otlp"
    CHROME = "chrome"
    CSV = "csv"


_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8"}
_ENDS = {
    ExportFormat.JSON: "json",
    ExportFormat.OTLP: "otlp.json",
    ExportFormat.CHROME: "trace.json",
    ExportFormat.CSV: "csv",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What is handed out."""

    text: str
    content_type: str
    file_name: str


def exported(form: ExportFormat, name: str, content: str | Mapping[str, Any]) -> Exported:
    """The file; Unprocessable, with what else there is, if it is too large for an answer.

    :param name: of the workflow; what no file name should have is left out.
    """
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    # Half a letter (`\ud800` in somebody's output) is nothing that a file can hold.
    text = text.encode("utf-8", "replace").decode("utf-8")
    # In the answer's JSON a quote and a line's end take two bytes.
    size = len(json.dumps(text, ensure_ascii=False).encode("utf-8"))
    if size > LARGEST:
        raise Unprocessable(
            f"This export has {size / 1e6:.1f} MB, and an answer has 6 at most. Ask for it without "
            "payloads (payloads=false), as csv, or run `python -m breakwater.timeline --execution "
            f"<ARN> --format {form.value}`, which knows no limit.",
            details=[{"place": "format", "code": "tooLarge", "bytes": size}],
        )
    plain = "".join(
        one if one.isascii() and (one.isalnum() or one in "-_") else "-" for one in name
    )
    return Exported(
        text=text,
        content_type=_TYPES.get(form, "application/json"),
        file_name=f"{plain[-80:]}.{_ENDS[form]}",
    )
