"""Timelines: any execution history as steps that a person can read.

The core is pure: events in, an immutable timeline out. `reader` asks AWS; nothing else does.
The core is imported when somebody asks for it here: who only wants the reader, or what hides
payloads, does not pay for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline, reconstruct

__all__ = ["Timeline", "reconstruct"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("breakwater.timeline.timeline"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
