"""How a thing is measured beside its reference, and the row that comes of it."""

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

# CDK's own cost: the interpreter, the import, and the validator that runs at the first synth.
EMPTY_APP = """
import aws_cdk as cdk
app = cdk.App()
cdk.CfnResource(cdk.Stack(app, "empty"), "Topic", type="AWS::SNS::Topic")
app.synth()
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of docs/benchmarks.md."""

    what: str
    measured: str
    against: str
    reference: str
    ratio: float | None
    budget: str
    kept: bool


@dataclass(frozen=True)
class Pair:
    """Seconds of the thing and of its reference, run in turns."""

    thing: list[float]
    reference: list[float]

    @property
    def seconds(self) -> float:
        """The median of the thing."""
        return statistics.median(self.thing)

    @property
    def reference_seconds(self) -> float:
        """The median of the reference."""
        return statistics.median(self.reference)

    @property
    def ratio(self) -> float:
        """How many times the reference."""
        return self.seconds / self.reference_seconds


def processor() -> float:
    """Seconds that ended processes of ours have worked: others on the machine do not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turns(
    thing: Callable[[], object],
    reference: Callable[[], object],
    runs: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Pair:
    """A B A B …, after one of each that does not count: a slow minute hits both."""
    thing()
    reference()
    pair = Pair([], [])
    for _ in range(runs):
        pair.thing.append(_seconds(thing, clock))
        pair.reference.append(_seconds(reference, clock))
    return pair


def command(
    words: Sequence[str], environment: Mapping[str, str] | None = None
) -> Callable[[], object]:
    """A whole process as something that can be timed; it must end well."""
    return lambda: subprocess.run(
        words, cwd=CHECKOUT, env=environment, check=True, capture_output=True
    )


def once(thing: Callable[[], object]) -> float:
    """Seconds of something that can only be done once."""
    return _seconds(thing)


def shown(seconds: float) -> str:
    """Seconds as people read them."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _seconds(thing: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    thing()
    return clock() - began
