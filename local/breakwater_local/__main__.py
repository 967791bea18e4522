"""`make drill`, `make up`, `make down`, `make status`: Breakwater on this machine.

Exit status: 0 done (or running), 1 a problem that the message explains, 3 not running (status).
That of `drill` is told in drill/command.py.
"""

import argparse
import io
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from breakwater import contract
from breakwater.contract import Role
from breakwater.verify.ask import ask_health
from breakwater.verify.judge import Verdict
from breakwater_local import deployment, emulator
from breakwater_local.bring_up import Surroundings, api_outputs, bring_up
from breakwater_local.drill.command import Wanted, drill
from breakwater_local.drs import process as drs
from breakwater_local.emulator import Emulator, without_aws_settings
from breakwater_local.lock import exclusive
from breakwater_local.place import Place, problem_of
from breakwater_local.problem import Problem
from breakwater_local.progress import Step
from breakwater_local.sample_people import PASSWORD, PEOPLE
from breakwater_local.sample_token import sample_token

NOT_RUNNING = 3


def main(arguments: Sequence[str] | None = None, place: Place | None = None) -> int:
    """One command of six; every problem is a sentence, not a traceback."""
    options = _parser().parse_args(arguments)
    place = place or Place()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # names may have what the terminal has not
    os.environ.update(clean := without_aws_settings(os.environ))
    for name in os.environ.keys() - clean.keys():
        del os.environ[name]
    try:
        return int(options.command(place, options))
    except Problem as problem:
        print(f"\nbreakwater: {problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nbreakwater: interrupted; run it again, it goes on from here.", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `make status | head`
    except OSError as error:
        print(f"\nbreakwater: {problem_of(error, place.state)}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m breakwater_local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    up = commands.add_parser("up", help="start the embedded AWS and deploy to it")
    up.set_defaults(command=_up)
    drilled = commands.add_parser("drill", help="up, then a drill of a plan from start to report")
    drilled.set_defaults(command=_drill)
    for command in (up, drilled):
        _take_surroundings(command)
    drilled.add_argument("--plan", help="its name, or a YAML file to apply; the sample if none")
    one = drilled.add_mutually_exclusive_group()
    one.add_argument("--run", help="watch this run, start none")
    one.add_argument("--cleanup", help="terminate what this run launched")
    one.add_argument("--cancel", help="cancel this run, with cleanup")
    drilled.add_argument("--yes", action="store_true", help="release and agree without a question")
    drilled.add_argument("--folder", type=Path, default=Wanted.folder, help="of the reports")
    commands.add_parser("down", help="end what up started").set_defaults(command=_down)
    commands.add_parser("status", help="what runs where").set_defaults(command=_status)
    env = commands.add_parser("env", help="settings for AWS clients: eval $(... env)")
    env.set_defaults(command=_env)
    token = commands.add_parser("token", help="the ID token of a sample person")
    token.add_argument("--role", type=Role, choices=list(Role), default=Role.VIEWER)
    token.set_defaults(command=_token)
    return parser


def _take_surroundings(up: argparse.ArgumentParser) -> None:
    up.add_argument("--port", type=_port, default=None, help="default: 4566, or a free one")
    up.add_argument("--script", type=Path, help="what goes wrong in DRS (YAML); none: nothing does")
    up.add_argument("--servers", type=Path, help="which source servers there are; none: the sample")


def _port(text: str) -> int:
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1024 to 65535")
    return int(text)


def _up(place: Place, options: argparse.Namespace) -> int:
    running = bring_up(place, _surroundings(options))
    _describe(place, running)
    return _well(running)


def _drill(place: Place, options: argparse.Namespace) -> int:
    wanted = Wanted(
        plan=options.plan,
        run=options.run,
        cleanup=options.cleanup,
        cancel=options.cancel,
        yes=options.yes,
        folder=options.folder,
    )
    return drill(place, _surroundings(options), wanted)


def _surroundings(options: argparse.Namespace) -> Surroundings:
    return Surroundings(port=options.port, script=options.script, servers=options.servers)


def _down(place: Place, _: argparse.Namespace) -> int:
    with exclusive(place.lock):
        if emulator.find(place) is None and drs.find(place) is None:
            _stop_all(place)  # clears what a dead one left
            print("Nothing of ours is running.")
            return 0
        with Step("Ending what runs here") as step:
            ended = _stop_all(place)
            step.ends(f"processes {' and '.join(str(pid) for pid in ended)}")
    return 0


def _stop_all(place: Place) -> list[int]:
    """The simulator first: it uses the embedded AWS."""
    stopped = [drs.stop(place), emulator.stop(place)]
    return [running.pid for running in stopped if running]


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
    simulator = drs.find(place)
    if simulator is None:
        print("\nThe DRS simulator does not run. Bring it back: make up")
        return NOT_RUNNING
    return _well_simulated(simulator)


def _well_simulated(simulator: drs.Simulator) -> int:
    try:
        state = simulator.state()
    except (OSError, ValueError) as error:
        print(f"\nThe DRS simulator does not answer ({error}). Start afresh: make down, make up")
        return NOT_RUNNING
    if state["status"] != "ok":
        print(f"\nThe DRS simulator is {state['status']}: {state['reason']}")
    return 0


def _env(place: Place, _: argparse.Namespace) -> int:
    running = emulator.find(place)
    if running is None:
        raise Problem("The embedded AWS is not running, so there is nothing to talk to.", "make up")
    simulator = drs.find(place)
    stale = "" if simulator else " AWS_ENDPOINT_URL_DRS"
    print(f"unset AWS_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_DEFAULT_PROFILE{stale}")
    to_drs = {"AWS_ENDPOINT_URL_DRS": simulator.endpoint} if simulator else {}
    for name, value in {**running.client_environment, **to_drs}.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _token(place: Place, options: argparse.Namespace) -> int:
    print(sample_token(place, options.role))
    return 0


def _describe(place: Place, running: Emulator) -> None:
    outputs = api_outputs(running)
    url = outputs.get(contract.API_URL_OUTPUT)
    print(f"\nBreakwater, environment {deployment.ENVIRONMENT}:")
    print(f"  Embedded AWS    {running.endpoint}  (process {running.pid}, IAM enforced)")
    print(f"  Account         {emulator.ACCOUNT}, Region {emulator.REGION}")
    simulator = drs.find(place)
    if simulator:
        print(f"  DRS simulator   {simulator.endpoint}  (process {simulator.pid})")
        known = drs.settings(place)
        print(f"  Source servers  {known.servers or 'a sample shop'}")
        print(f"  Goes wrong      {known.script or 'nothing: make up SCRIPT=faults.yaml'}")
    if portal := outputs.get(contract.PORTAL_URL_OUTPUT):
        print(f"  Portal          {portal}")
    if url:
        print(f"  Operations API  {url}{contract.HEALTH_PATH}")
    if outputs.get(contract.USER_POOL_OUTPUT):
        people = ", ".join(person.address for person in PEOPLE)
        print(f"  People          {people}; password {PASSWORD}")
    for name, status in deployment.stack_statuses(running).items():
        print(f"  Stack           {name:<28} {status}")
    print(f"  Logs            {place.state}/*.log")
    print('  AWS CLI         eval "$(make -s env)", then: aws dynamodb list-tables')
    print("  Check, end      make verify ENV=local, make down")


def _well(running: Emulator) -> int:
    """Deployed is not well: ask once, as anybody would."""
    finding = ask_health(
        api_outputs(running).get(contract.API_URL_OUTPUT, "") + contract.HEALTH_PATH
    )
    if finding.verdict is Verdict.OK:
        return 0
    raise Problem(
        f"Everything is deployed, but it is not well: {finding.subject}: {finding.seen}.",
        "make verify ENV=local says more.",
    )


if __name__ == "__main__":
    sys.exit(main())
