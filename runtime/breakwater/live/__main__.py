"""Prints changes as they come.

    python -m breakwater.live watch                        everything on the list
    python -m breakwater.live watch 20261120-162732-b2745d11 --json
    python -m breakwater.live watch arn:aws:states:…:execution:orders:one

The ID token of somebody who is signed in stands in BREAKWATER_TOKEN; on the embedded AWS:
export BREAKWATER_TOKEN=$(make -s token). Where the API is, the api stack of --environment says, or
--api, or BREAKWATER_API. With --json each change is one line of JSON, as docs/live.md describes it.

Exit status: 0 ended by Ctrl-C; 1 refused, or the sign-in has ended; 2 it could not begin.
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
from breakwater.live.ticket_request import TicketRefused, TicketRequest
from breakwater.live.topics import LIST, NotATopic, id_of_execution, parsed, topic_of

TOKEN_VARIABLE = "BREAKWATER_TOKEN"  # noqa: S105 - a name
API_VARIABLE = "BREAKWATER_API"
_RELOAD = "changes were missed: look at the list or the detail anew"


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
    token = environment.get(TOKEN_VARIABLE, "")
    if not token:
        return _failed(
            f"Sign in first, and put the ID token into {TOKEN_VARIABLE}; on the embedded AWS: "
            f"export {TOKEN_VARIABLE}=$(make -s token)",
            2,
        )
    try:
        topic = parsed(_topic(options.id)).name
        api = options.api or environment.get(API_VARIABLE) or _api(options, make_session)
        _print(make_client([topic], TicketRequest(api, token)), json_lines=options.json)
    except (NotATopic, NotDeployed, NotInstalled) as wrong:
        return _failed(str(wrong), 2)
    except (BotoCoreError, ClientError) as error:
        return _failed(
            f"AWS could not be asked where the API is: {error}\nSet AWS_REGION, sign in (`aws sso "
            f"login`, or AWS_PROFILE), or say it: --api, or {API_VARIABLE}.",
            2,
        )
    except (TicketRefused, NotAllowed, SignInEnded) as refused:
        return _failed(str(refused), 1)
    except KeyboardInterrupt:
        return 0
    return 0


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
    client = make_session(region_name=os.environ.get("AWS_REGION")).client("cloudformation")
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


def _failed(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


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
    watch.add_argument(
        "--environment", default="dev", help="which deployment: local, dev, test, prod"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
