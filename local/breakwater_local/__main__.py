"""`make up`, `make down`, `make status`: Breakwater on this machine.

Exit status: 0 done (or running), 1 a problem that the message explains, 3 not running (status).
"""

import argparse
import shlex
import sys
from collections.abc import Sequence

from breakwater import contract
from breakwater_local import deployment, emulator
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place, is_no_space, no_space
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

NOT_RUNNING = 3


def main(arguments: Sequence[str] | None = None, place: Place | None = None) -> int:
    """One command of four; every problem is a sentence, not a traceback."""
    options = _parser().parse_args(arguments)
    place = place or Place()
    try:
        return int(options.command(place, options))
    except Problem as problem:
        print(f"\nbreakwater: {problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nbreakwater: interrupted; run it again, it goes on from here.", file=sys.stderr)
    except OSError as error:
        if not is_no_space(error):
            raise
        print(f"\nbreakwater: {no_space(place.state, str(error))}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m breakwater_local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    up = commands.add_parser("up", help="start the embedded AWS and deploy to it")
    up.add_argument("--port", type=_port, default=None, help="default: 4566, or a free one")
    up.set_defaults(command=_up)
    commands.add_parser("down", help="end what up started").set_defaults(command=_down)
    commands.add_parser("status", help="what runs where").set_defaults(command=_status)
    env = commands.add_parser("env", help="settings for AWS clients: eval $(... env)")
    env.set_defaults(command=_env)
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1024 to 65535")
    return int(text)


def _up(place: Place, options: argparse.Namespace) -> int:
    with exclusive(place.lock) as lock:
        running = emulator.start(place, lock, options.port)
        deployment.deploy(place, running, lock)
    _describe(place, running)
    return 0


def _down(place: Place, _: argparse.Namespace) -> int:
    with exclusive(place.lock):
        if emulator.find(place) is None:
            emulator.stop(place)  # clears what a dead one left
            print("Nothing of ours is running.")
            return 0
        with Step("Ending the embedded AWS") as step:
            ended = emulator.stop(place)
            step.ends(f"process {ended.pid}" if ended else "it had ended")
    return 0


def _status(place: Place, _: argparse.Namespace) -> int:
    running = emulator.find(place)
    if running is None:
        print("Breakwater is not running here. Start it: make up")
        return NOT_RUNNING
    if not running.answers():
        print(
            f"The embedded AWS (process {running.pid}) does not answer on {running.endpoint}. "
            f"Its log: {place.emulator_log}. Start it afresh: make down, then make up."
        )
        return NOT_RUNNING
    _describe(place, running)
    return 0


def _env(place: Place, _: argparse.Namespace) -> int:
    running = emulator.find(place)
    if running is None:
        raise Problem("The embedded AWS is not running, so there is nothing to talk to.", "make up")
    print("unset AWS_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_DEFAULT_PROFILE")
    for name, value in running.client_environment.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _describe(place: Place, running: Emulator) -> None:
    outputs = deployment.stack_outputs(running, contract.stack_name(deployment.ENVIRONMENT, "api"))
    url = outputs.get(contract.API_URL_OUTPUT)
    print(f"\nBreakwater, environment {deployment.ENVIRONMENT}:")
    print(f"  Embedded AWS    {running.endpoint}  (process {running.pid}, IAM enforced)")
    print(f"  Account         {emulator.ACCOUNT}, Region {emulator.REGION}")
    if url:
        print(f"  Operations API  {url}{contract.HEALTH_PATH}")
    for name, status in deployment.stack_statuses(running).items():
        print(f"  Stack           {name:<28} {status}")
    print(f"  Logs            {place.state}/*.log")
    print('  AWS CLI         eval "$(make -s env)", then: aws dynamodb list-tables')
    print("  Check, end      make verify ENV=local, make down")


if __name__ == "__main__":
    sys.exit(main())
