"""Groups and plans as files.

    python -m breakwater.recovery export --environment dev > plans.yaml
    python -m breakwater.recovery apply plans.yaml --environment dev

Apply validates everything, shows what would change, asks, and changes it. What the file does not
name is left alone.

Exit status: 0 done, or nothing to do; 1 not applied; 2 it could not be looked at.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform import clock
from breakwater.platform.command_line import add_environment, aws_away, failed, region
from breakwater.platform.http.errors import ApiError
from breakwater.platform.http.identity import Identity
from breakwater.recovery.change_text import change_lines, mistake_lines, said
from breakwater.recovery.deployed_tables import NotDeployed, tables_of
from breakwater.recovery.file_apply import Changes, FileApply
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_file import (
    PlanFile,
    PlanFileMistakes,
    read_plan_file,
    write_plan_file,
)
from breakwater.recovery.plan_store import PlanStore


def main(
    arguments: Sequence[str] | None = None,
    *,
    ask: Callable[[str], str] = input,
    make_session: Callable[..., boto3.Session] = boto3.Session,
) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options, ask, make_session)
    except PlanFileMistakes as wrong:
        print(*mistake_lines(options.file, wrong.mistakes), sep="\n", file=sys.stderr)
        return 1
    except ApiError as refused:
        return failed(f"Refused: {refused.message}", 1)
    except (OSError, UnicodeDecodeError) as error:
        return failed(f"The file could not be read: {error}", 2)
    except NotDeployed as absent:
        return failed(str(absent), 2)
    except (BotoCoreError, ClientError) as error:
        return failed(aws_away(error), 2)


def _run(
    options: argparse.Namespace,
    ask: Callable[[str], str],
    make_session: Callable[..., boto3.Session],
) -> int:
    # Before anything is asked: a mistake in the file needs no sign-in to be found.
    file = None if options.command == "export" else _read(options.file)
    session = make_session(region_name=region())
    tables = tables_of(session.client("cloudformation"), options.environment)
    dynamodb = session.client("dynamodb")
    groups, plans = GroupStore(dynamodb, tables), PlanStore(dynamodb, tables)
    if file is None:
        print(write_plan_file(groups.everything(), plans.everything()), end="")
        return 0
    return _apply(options, file, session, FileApply(groups, plans), ask)


def _read(path: str) -> PlanFile:
    return read_plan_file(Path(path).read_text(encoding="utf-8"))


def _apply(
    options: argparse.Namespace,
    file: PlanFile,
    session: boto3.Session,
    files: FileApply,
    ask: Callable[[str], str],
) -> int:
    changes = files.changes(file)
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(*change_lines(options.file, changes, colours=colours), sep="\n")
    if options.dry_run or not (changes.groups or changes.plans):
        return 0
    if not options.yes and not _agreed(changes, options.environment, ask):
        return failed("Nothing was changed.", 1)
    caller = session.client("sts").get_caller_identity()
    identity = Identity(subject=caller["UserId"], name=caller["Arn"], roles=frozenset())
    for line in files.apply(changes, identity, clock.now()):
        print(f"✓ {line}", flush=True)
    return 0


def _agreed(changes: Changes, environment: str, ask: Callable[[str], str]) -> bool:
    try:
        answer = ask(f"Apply {said(changes)} to {environment}? [y/N] ")
    except EOFError:
        print("\nNobody is there to ask: say --yes to apply without a question.", file=sys.stderr)
        return False
    return answer.strip().lower() in ("y", "yes")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m breakwater.recovery",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    apply = commands.add_parser("apply", help="make the groups and plans of a file so")
    apply.add_argument("file", help="YAML: groups and plans")
    apply.add_argument("--yes", action="store_true", help="apply without asking")
    apply.add_argument("--dry-run", action="store_true", help="show what would change, and end")
    export = commands.add_parser("export", help="write all groups and plans as YAML")
    for command in (apply, export):
        add_environment(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
