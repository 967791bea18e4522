"""The execution index, from the command line.

    python -m breakwater.index query --agent orders --status FAILED --since 24h
    python -m breakwater.index query --search order.id=A-17
    python -m breakwater.index backfill --environment prod
    python -m breakwater.index health --stack my-stack

Exit status: 0 done and well; 1 not well, or not finished; 2 not understood, or AWS could not be
asked.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from breakwater import contract
from breakwater.index import command_tools
from breakwater.index.command_query import add_query, run_query
from breakwater.index.command_tools import Tools
from breakwater.index.deployed import NotDeployed, index_in
from breakwater.index.row_table import Throttled
from breakwater.platform.command_line import (
    add_environment,
    aws_away,
    close_quietly,
    failed,
    region,
)
from breakwater.platform.http.errors import ApiError


def main(
    arguments: Sequence[str] | None = None,
    *,
    make_session: Callable[..., boto3.Session] = boto3.Session,
) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    try:
        session = make_session(region_name=region())
        stack = options.stack or contract.stack_name(options.environment, "index")
        found = index_in(session.client("cloudformation"), stack, options.table)
        run: Callable[[argparse.Namespace, Tools], int] = options.run
        status = run(options, Tools(session=session, index=found))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # `… | head` has seen enough
        close_quietly()
        return 1
    except ApiError as refused:
        return failed(refused.message, 2)
    except (NotDeployed, command_tools.FunctionFailed, Throttled) as problem:
        return failed(str(problem), 2)
    except (BotoCoreError, ClientError) as error:
        return failed(aws_away(error), 2)
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept; the same command goes on.", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m breakwater.index",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    where = argparse.ArgumentParser(add_help=False)
    add_environment(where)
    where.add_argument("--stack", help="the stack that has the index, where it is used alone")
    where.add_argument("--table", help="which index, where the stack has several: its table")
    where.add_argument("--json", action="store_true", help="JSON, for programs")
    add_query(commands, where, run_query)
    command_tools.add_commands(commands, where)
    return parser


if __name__ == "__main__":
    sys.exit(main())
