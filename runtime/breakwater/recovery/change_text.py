"""Changes and mistakes as lines for a terminal. Pure."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from breakwater.recovery.difference import Difference
from breakwater.recovery.file_apply import Changes
from breakwater.recovery.plan_file import FileProblem

_COLOURS = {"+": "32", "~": "33", "-": "31"}


def mistake_lines(file: str, mistakes: Iterable[FileProblem]) -> Iterator[str]:
    """`plans.yaml:12: plans[0].waves[1].name: …`, as editors understand it."""
    for one in mistakes:
        place = f" {one.problem.place}:" if one.problem.place else ""
        yield f"{file}:{one.line}:{place} {one.problem.problem}"
        yield f"    → {one.problem.remedy}"


def change_lines(file: str, changes: Changes, *, colours: bool) -> Iterator[str]:
    """Each group and plan that is new or differs, with each field."""
    for warned in changes.warnings:
        yield f"{file}:{warned.line}: warning: {warned.problem.problem} {warned.problem.remedy}"
    for group in changes.groups:
        word = "change" if group.stored else "create"
        yield f"{word} group {group.content.name}"
        yield from (_line(one, colours=colours) for one in group.differences)
    for plan in changes.plans:
        word = "change" if plan.stored else "create"
        yield f"{word} plan {plan.draft.name}"
        yield from (_line(one, colours=colours) for one in plan.differences)
    if not changes.groups and not changes.plans:
        yield "Nothing to do: everything is as the file says."


def said(changes: Changes) -> str:
    """`2 groups and 1 plan`."""
    counts = [(len(changes.groups), "group"), (len(changes.plans), "plan")]
    return " and ".join(f"{n} {what}{'s' if n > 1 else ''}" for n, what in counts if n)


def _line(one: Difference, *, colours: bool) -> str:
    shown = {
        "+": _shown(one.after),
        "-": _shown(one.before),
        "~": f"{_shown(one.before)} → {_shown(one.after)}",
    }[one.sign]
    line = f"  {one.sign} {one.place}: {shown}"
    return f"\033[{_COLOURS[one.sign]}m{line}\033[0m" if colours else line


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
