"""The AWS calls that the engine makes, and what happens before one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Killed(BaseException):
    """The function's process is gone."""


class Calls(list[str]):
    """What the engine called, as `service:Operation`; not what a test or a person does."""

    def __init__(self) -> None:
        super().__init__()
        self.kill_before: int | None = None
        self.meanwhile: tuple[int, Callable[[], None]] | None = None
        """Before which call something happens, and what."""
        self._acting = False

    @contextmanager
    def of_the_engine(self) -> Iterator[None]:
        """Calls in this block are the engine's."""
        self._acting = True
        try:
            yield
        finally:
            self._acting = False

    def before_call(self, model: Any, **_: Any) -> None:
        """What botocore tells before it sends anything."""
        self.called(f"{model.service_model.service_name}:{model.name}")

    def called(self, name: str) -> None:
        """A call is about to be made: the moment at which a process can be gone."""
        if not self._acting:
            return  # the test looks, or a person acts
        if self.kill_before is not None and len(self) >= self.kill_before:
            self.kill_before = None
            raise Killed(name)
        if self.meanwhile is not None and len(self) >= self.meanwhile[0]:
            _, happens = self.meanwhile
            self.meanwhile = None
            happens()
        self.append(name)
