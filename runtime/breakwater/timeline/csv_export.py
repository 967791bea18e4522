"""The steps as CSV, one line each, for a spreadsheet. Without payloads; redacted always."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from breakwater.timeline.moments import iso
from breakwater.timeline.token_learning import redaction_of

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

COLUMNS = (
    *("number", "segment", "path", "occurrence", "name", "type", "status", "entered", "exited"),
    *("duration", "attempts", "error", "cause"),
)
_LONGEST = 2000
_FORMULA = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]")
"""Behind what nobody sees."""


def timeline_csv(timeline: "Timeline", *, keys: Collection[str] = ()) -> str:
    """A header and one line per step, in the order in which they began."""
    redaction = redaction_of(timeline, keys)
    rows = []
    for step in timeline.steps:
        cause = redaction.text(step.cause) or ""
        row = (
            *(step.number, step.segment, step.path, step.occurrence, step.name, step.type),
            *(step.status, iso(step.entered), iso(step.exited), step.duration),
            *(len(step.attempts), redaction.text(step.error), cause[:_LONGEST]),
        )
        rows.append(row)
    return csv_text(COLUMNS, rows)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A header and these rows, none of which a spreadsheet takes for a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
