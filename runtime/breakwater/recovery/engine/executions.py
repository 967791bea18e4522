"""The executions of runs, as whoever starts, answers or watches them needs them: a port."""

from collections.abc import Mapping
from typing import Any, Protocol

from breakwater.recovery.engine.run import Run


class Callbacks(Protocol):
    """Step Functions, as far as a callback goes."""

    def answer(self, token: str, output: Mapping[str, Any]) -> None:
        """SendTaskSuccess. An answer that comes too late is none: the run went on without it."""


class Executions(Callbacks, Protocol):
    """Step Functions, as far as executions go."""

    def start(self, run: Run, cleanup: int = 0) -> str:
        """Start the run's execution, or find that it was started; its ARN."""

    def ended(self, run: Run, cleanup: int = 0) -> str | None:
        """How its execution ended; None while it runs."""
