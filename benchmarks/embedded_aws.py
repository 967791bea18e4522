"""From nothing to a running system, and what a request costs there beside an empty function."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.empty_function import asking, empty_function
from benchmarks.measure import EMPTY_APP, Row, command, in_turns, once, shown
from breakwater import contract
from breakwater_local import emulator
from breakwater_local.deployment import ENVIRONMENT, stack_outputs
from breakwater_local.drs import process as drs
from breakwater_local.emulator import Emulator
from breakwater_local.place import Place

UP_SECONDS = 60.0
AGAIN_SECONDS = 15.0
REQUESTS = 60
HEALTH_BUDGET = 1.5
_UP = """
import sys
from pathlib import Path
from breakwater_local.__main__ import main
from breakwater_local.place import Place
sys.exit(main(["up"], Place(Path(sys.argv[1]))))
"""


def rows() -> Iterator[Row]:
    """An embedded AWS of its own is started, measured and ended."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            yield from _up(place)
            running = emulator.find(place)
            assert running is not None
            yield _health(running)
        finally:
            drs.stop(place)
            emulator.stop(place)


def _up(place: Place) -> Iterator[Row]:
    up = command([sys.executable, "-c", _UP, str(place.state)], dict(os.environ))
    empty = command(
        [sys.executable, "-c", EMPTY_APP],
        {**os.environ, "CDK_OUTDIR": place.state.as_posix() + "/empty"},
    )
    from_nothing, reference = once(up), once(empty)
    yield Row(
        what="`make up` from nothing, packages installed (its own state folder)",
        measured=shown(from_nothing),
        against="CDK synthesizing one topic",
        reference=shown(reference),
        ratio=from_nothing / reference,
        budget=f"{UP_SECONDS:.0f} s",
        kept=from_nothing <= UP_SECONDS,
    )
    pair = in_turns(up, empty, 3)
    yield Row(
        what="`make up` when it already runs",
        measured=shown(pair.seconds),
        against="CDK synthesizing one topic",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{AGAIN_SECONDS:.0f} s",
        kept=pair.seconds <= AGAIN_SECONDS,
    )


def _health(aws: Emulator) -> Row:
    """Warm, through API Gateway and Lambda; every answer but one in ten seconds is remembered."""
    url = stack_outputs(aws, contract.stack_name(ENVIRONMENT, "api"))[contract.API_URL_OUTPUT]
    pair = in_turns(asking(url + contract.HEALTH_PATH), asking(empty_function(aws)), REQUESTS)
    return Row(
        what="GET /health, warm",
        measured=shown(pair.seconds),
        against="an empty function behind the same kind of API",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{HEALTH_BUDGET} x",
        kept=pair.ratio <= HEALTH_BUDGET,
    )
