"""How long `make check` and each synthesis take, beside an app with nothing in it."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator

from benchmarks.measure import CHECKOUT, EMPTY_APP, Row, command, in_turns, once, shown

BUDGET_SECONDS = 6.0
CHECK_SECONDS = 60.0
RUNS = 3
ENVIRONMENTS = ("local", "dev", "test", "prod")


def rows() -> Iterator[Row]:
    """The checks, then one row per environment."""
    yield _check()
    context = json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))["context"]
    for name in ENVIRONMENTS:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "CDK_CONTEXT_JSON": json.dumps({**context, "environment": name}),
                "CDK_OUTDIR": folder,
            }
            pair = in_turns(
                command([sys.executable, "app.py"], environment),
                command([sys.executable, "-c", EMPTY_APP], environment),
                RUNS,
            )
        beside = pair.seconds - pair.reference_seconds
        yield Row(
            what=f"Synthesize `{name}`, validation and cdk-nag on",
            measured=shown(pair.seconds),
            against="an app with one topic: CDK's import and validator",
            reference=shown(pair.reference_seconds),
            ratio=pair.ratio,
            budget=f"{BUDGET_SECONDS:.0f} s beside the reference (here {shown(beside)})",
            kept=beside <= BUDGET_SECONDS,
        )


def _check() -> Row:
    empty = command([sys.executable, "-c", EMPTY_APP])
    once(command(["make", "check"]))
    seconds, reference = once(command(["make", "check"])), once(empty)
    return Row(
        what="`make check`, warm",
        measured=shown(seconds),
        against="CDK synthesizing one topic",
        reference=shown(reference),
        ratio=seconds / reference,
        budget=f"{CHECK_SECONDS:.0f} s",
        kept=seconds <= CHECK_SECONDS,
    )
