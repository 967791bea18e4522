"""`python -m breakwater.index query`: its words, its question, its table."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from breakwater.index import status as statuses
from breakwater.index.command_tools import Tools
from breakwater.index.lifted import typed
from breakwater.index.pager import Pager
from breakwater.index.question import PAGE, question
from breakwater.index.when import day, is_ago, moments
from breakwater.platform import clock
from breakwater.platform.http.errors import BadRequest
from breakwater.platform.pagination import refused

_COLUMNS = ("startDate", "status", "durationSeconds", "agentName", "executionName")


def add_query(
    commands: Any, where: argparse.ArgumentParser, run: Callable[[argparse.Namespace, Tools], int]
) -> None:
    """The words of the command."""
    command = commands.add_parser("query", parents=[where], help="find executions, newest first")
    command.add_argument("--agent", help="whose executions: a state machine's tag, or its name")
    command.add_argument("--status", help=", ".join(statuses.KNOWN))
    command.add_argument("--since", help="started since: 24h, 7d, 2026-11-20, or with a time")
    command.add_argument("--until", help="started before")
    command.add_argument("--day", help="started on this day (UTC)")
    command.add_argument("--ended-since", help="ended since; the answer is in that order")
    command.add_argument("--ended-until", help="ended before")
    command.add_argument("--ended-day", help="ended on this day (UTC)")
    command.add_argument("--name-prefix", help="whose name begins so")
    command.add_argument(
        "--search",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="in the input: order.id=A-17; a text that looks like a number: 'order.id=\"17\"'",
    )
    command.add_argument("--limit", type=int, default=PAGE, help=f"of a page; default {PAGE}")
    command.add_argument("--cursor", help="go on after another page")
    command.add_argument("--all", action="store_true", help="page after page, to the end")
    command.set_defaults(run=run)


def run_query(options: argparse.Namespace, tools: Tools) -> int:
    """Ask, and print what was found."""
    now, cursor = _went_on(options.cursor, clock.now())
    asked = question(
        agent=options.agent,
        status=options.status,
        started=_period("since", options.since, options.until, options.day, now),
        ended=_period(
            "ended-since", options.ended_since, options.ended_until, options.ended_day, now
        ),
        name_prefix=options.name_prefix,
        search=_search(options.search),
        limit=options.limit,
    )
    pager = Pager(tools.dynamodb, tools.index.table)
    while True:
        answer = pager.page(asked, cursor)
        cursor = answer.next_cursor
        shown = f"{clock.iso(now)}~{cursor}" if cursor and _is_relative(options) else cursor
        if options.json:
            print(json.dumps({**answer.to_json(), "nextCursor": shown}, ensure_ascii=False))
        else:
            print(*_lines(answer.items), sep="\n")
        if cursor is None or not options.all:
            break
    if shown and not options.json:
        why = "Not all was read; go on" if answer.partial else "More"
        print(f"{why}: --cursor {shown}", file=sys.stderr)
    return 0


def _is_relative(options: argparse.Namespace) -> bool:
    """Does the question say `24h` somewhere?"""
    given = (options.since, options.until, options.ended_since, options.ended_until)
    return any(is_ago(text) for text in given)


def _went_on(cursor: str | None, now: datetime) -> tuple[datetime, str | None]:
    """When the question was first asked, and where its list goes on.

    `24h` means something else at every moment, and a cursor is good for one question: so the
    cursor of such a question brings its moment along.
    """
    if cursor is None or "~" not in cursor:
        return now, cursor
    asked_at, _, place = cursor.partition("~")
    try:
        first = datetime.fromisoformat(asked_at)
    except ValueError:
        raise refused() from None
    if first.tzinfo is None:
        raise refused()
    return first, place


def _period(
    place: str, since: str | None, until: str | None, on: str | None, now: datetime
) -> tuple[datetime | None, datetime | None] | None:
    # "" is something that was given, by a script whose variable is empty: it must not mean "all".
    if on is not None:
        if since is not None or until is not None:
            raise BadRequest(f"Give a day, or {place} and until; not both.")
        return day("day", on)
    return moments(place, since, until, now)


def _search(given: Sequence[str]) -> Mapping[str, str | float | bool] | None:
    found = {}
    for text in given:
        path, equals, value = text.partition("=")
        if not equals:
            raise BadRequest(f"--search is {text!r}; write it as PATH=VALUE: order.id=A-17.")
        found[path] = typed(value)
    return found or None


def _lines(items: Sequence[Mapping[str, Any]]) -> list[str]:
    if not items:
        return ["Nothing found."]
    return [_line(item) for item in items]


def _line(item: Mapping[str, Any]) -> str:
    start, status, seconds, agent, name = (item.get(column) for column in _COLUMNS)
    took = "" if seconds is None else f"{seconds:.3f} s"
    error = f"  {item['error']}" if item.get("error") else ""
    marks = "  (in conflict)" if item.get("conflict") else ""
    return _on_one_line(f"{start}  {status:<9}  {took:>12}  {agent}  {name}{error}{marks}")


def _on_one_line(text: str) -> str:
    """What others wrote (an error, a name) neither breaks the list nor commands the terminal."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
