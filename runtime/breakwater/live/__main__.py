"""Prints changes as they come.

    python -m breakwater.live watch                        everything on the list
    python -m breakwater.live watch 20261120-162732-b2745d11 --json
    python -m breakwater.live watch arn:aws:states:…:execution:orders:one

The ID token of somebody who is signed in stands in BREAKWATER_TOKEN; on the embedded AWS:
export BREAKWATER_TOKEN=$(make -s token). Where the API is, the api stack of --environment says, or
--api, or BREAKWATER_API. With --json each change is one line of JSON, as docs/live.md describes it.

Exit status: 0 ended by Ctrl-C, or by whoever read its lines; 1 refused, or the sign-in has ended; 2
it could not begin.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from breakwater import contract
from breakwater.live.change_text import line
from breakwater.live.client import LiveClient, NotAllowed, NotInstalled, SignInEnded
from breakwater.live.ticket_request import NotAnAddress, TicketRefused, TicketRequest
from breakwater.live.topics import LIST, NotATopic, id_of_execution, parsed, topic_of
from breakwater.platform.command_line import (
    add_environment,
    aws_away,
    close_quietly,
    failed,
    region,
)

TOKEN_VARIABLE = "BREAKWATER_TOKEN"  # noqa: S105 - a name
API_VARIABLE = "BREAKWATER_API"
_RELOAD = "changes were missed: look at the list or the detail anew"


class NoToken(Exception):
    """Nobody is signed in."""


class NotDeployed(Exception):
    """There is no such deployment to ask."""


def main(
    arguments: Sequence[str] | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    make_session: Callable[..., Any] = boto3.Session,
    make_client: Callable[..., LiveClient] = LiveClient,
) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    try:
        client = _client(options, environment, make_session, make_client)
        _print(client, json_lines=options.json)
    except (NoToken, NotATopic, NotAnAddress, NotDeployed, NotInstalled) as wrong:
        return failed(str(wrong), 2)
    except (BotoCoreError, ClientError) as error:
        return failed(aws_away(error, f" Or say where the API is: --api, or {API_VARIABLE}."), 2)
    except (TicketRefused, NotAllowed, SignInEnded) as refused:
        return failed(str(refused), 1)
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # `… | head` has seen enough
        close_quietly()
    return 0


def _client(
    options: argparse.Namespace,
    environment: Mapping[str, str],
    make_session: Callable[..., Any],
    make_client: Callable[..., LiveClient],
) -> LiveClient:
    token = environment.get(TOKEN_VARIABLE, "")
    if not token:
        raise NoToken(
            f"Sign in first, and put the ID token into {TOKEN_VARIABLE}; on the embedded AWS: "
            f"export {TOKEN_VARIABLE}=$(make -s token)"
        )
    topic = parsed(_topic(options.id)).name
    api = options.api or environment.get(API_VARIABLE) or _api(options, make_session)
    return make_client([topic], TicketRequest(api, token), tell=_said)


def _said(how: str) -> None:
    print(f"({how})", file=sys.stderr, flush=True)


def _print(client: LiveClient, *, json_lines: bool) -> None:
    for received in client.received():
        if received is None:
            continue
        if received.reload:
            reload = {"type": "reload", "message": _RELOAD}
            print(json.dumps(reload) if json_lines else f"({_RELOAD})", flush=True)
        for delta in received.deltas:
            print(json.dumps(delta) if json_lines else line(delta), flush=True)


def _topic(wanted: str | None) -> str:
    if wanted is None:
        return LIST
    return topic_of(id_of_execution(wanted) if wanted.startswith("arn:") else wanted)


def _api(options: argparse.Namespace, make_session: Callable[..., Any]) -> str:
    stack = contract.stack_name(options.environment, "api")
    client = make_session(region_name=region()).client("cloudformation")
    try:
        [told] = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            raise NotDeployed(
                f"There is no stack {stack} here. Check AWS_REGION and --environment, or say "
                f"where the API is: --api, or {API_VARIABLE}."
            ) from error
        raise
    outputs = {one["OutputKey"]: one["OutputValue"] for one in told.get("Outputs", [])}
    return str(outputs[contract.API_URL_OUTPUT])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m breakwater.live",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    watch = commands.add_parser("watch", help="print changes as they come")
    watch.add_argument("id", nargs="?", help="a workflow's id, or an execution's ARN")
    watch.add_argument("--json", action="store_true", help="one line of JSON for each change")
    watch.add_argument("--api", help="where the operations API answers")
    add_environment(watch)
    return parser


if __name__ == "__main__":
    sys.exit(main())
