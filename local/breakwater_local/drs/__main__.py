"""`python -m breakwater_local.drs --port N`: the DRS simulator, until it is told to end.

Exit status: 0 it was ended, 1 a problem that the message explains, 2 wrong arguments.
"""

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from breakwater_local.background import write_record
from breakwater_local.drs.clock import Clock
from breakwater_local.drs.embedded_aws import EmbeddedAws
from breakwater_local.drs.files.script import Script, read_script
from breakwater_local.drs.files.servers import SAMPLE, ServersFile, names, read_servers
from breakwater_local.drs.gate import Gate, OpenGate
from breakwater_local.drs.nowhere import Nowhere
from breakwater_local.drs.outbox import Cloud, Undelivered
from breakwater_local.drs.permissions import EmbeddedIam
from breakwater_local.drs.server import Server
from breakwater_local.drs.service import Service
from breakwater_local.drs.simulation import Simulation
from breakwater_local.emulator import REGION
from breakwater_local.problem import Problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    try:
        return _serve(options)
    except Problem as problem:
        print(f"drs simulator: {problem}", file=sys.stderr)
    return 1


def _serve(options: argparse.Namespace) -> int:
    servers = read_servers(options.servers)
    script = read_script(options.script, names(servers)) if options.script else Script()
    aws = EmbeddedAws(options.aws_endpoint) if options.aws_endpoint else None
    cloud: Cloud = aws or Nowhere()
    regions = [REGION, *(world.region for world in servers.worlds)]
    gate: Gate = EmbeddedIam(aws, regions) if aws else OpenGate()
    simulation = Simulation(servers, script, cloud, lambda: Clock(options.speed), gate)
    if aws and options.record:  # the only one on this AWS: what is there, a killed one left
        _end_leftovers(aws, servers, simulation)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        server = Server(simulation, Service(simulation, gate), options.port)
    except SystemExit as refused:  # the library's way to say that the port is taken
        raise Problem(f"Port {options.port} is in use.", "Choose another: --port N.") from refused
    with server:
        if options.record:
            write_record(options.record, server.port, options.lock, options.remembered)
        count = sum(len(world.servers) for world in servers.worlds)
        print(
            f"DRS simulator on {server.endpoint}: {count} source servers, {options.speed:g} times "
            f"as fast as life, {len(script.faults)} faults scripted, "
            f"{f'with the AWS at {options.aws_endpoint}' if aws else 'alone'}.",
            flush=True,
        )
        ended.wait()
    return 0


def _end_leftovers(aws: EmbeddedAws, servers: ServersFile, simulation: Simulation) -> None:
    try:
        for world in servers.worlds:
            for instance_id in aws.launched(world.account, world.region):
                simulation.courier.end(world.account, world.region, instance_id)
    except Undelivered as trouble:
        logging.getLogger(__name__).warning("what an earlier simulator left stays: %s", trouble)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m breakwater_local.drs",
        description="AWS Elastic Disaster Recovery, simulated",
    )
    parser.add_argument("--port", type=_port, required=True, help="on 127.0.0.1; 0: a free one")
    parser.add_argument("--speed", type=_speed, default=60.0, help="default: 60")
    parser.add_argument("--script", type=Path, help="what goes wrong (YAML)")
    parser.add_argument("--servers", type=Path, default=SAMPLE, help="default: a sample shop")
    parser.add_argument("--aws-endpoint", type=_url, help="an embedded AWS, http://127.0.0.1:4566")
    parser.add_argument("--record", type=Path, help="where to write down process and port")
    parser.add_argument("--remembered", type=json.loads, help="what to write down beside (JSON)")
    parser.add_argument("--lock", type=int, help="a descriptor to close once that is written")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not (int(text) == 0 or 1024 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1024 to 65535")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.01 <= speed <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed: give a number, 1 is real time")
    return speed


def _url(text: str) -> str:
    if not text.startswith(("http://127.0.0.1:", "http://localhost:")):
        raise argparse.ArgumentTypeError(f"{text!r} is not on this machine: http://127.0.0.1:PORT")
    return text


if __name__ == "__main__":
    sys.exit(main())
