"""Live updates on an embedded AWS of its own, deployed whole, with IAM enforced.

How long a change takes from the table to a client; how long the last of 200 clients waits, against
200 bare posts in the same run; how often histories are read while 200 clients watch 20 executions;
and what runs while nobody watches.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.live_deployed import Deployed
from benchmarks.live_fan_out import many_clients, one_client
from benchmarks.live_idle import nobody
from benchmarks.live_tails import calls_for_histories
from benchmarks.measure import Row
from breakwater_local import deployment, emulator
from breakwater_local.drs import process as drs
from breakwater_local.lock import exclusive
from breakwater_local.place import Place


def rows() -> Iterator[Row]:
    """Everything on one deployment."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            with exclusive(place.lock) as lock:
                aws = emulator.start(place, lock)
                simulator = drs.start(
                    place, lock, aws_endpoint=aws.endpoint, speed=emulator.TIME_SCALE
                )
                deployment.deploy(place, aws, simulator, lock)
            deployed = Deployed(aws)
            yield one_client(deployed)
            yield many_clients(deployed)
            yield calls_for_histories(deployed)
            yield nobody(deployed)
        finally:
            drs.stop(place)
            emulator.stop(place)
