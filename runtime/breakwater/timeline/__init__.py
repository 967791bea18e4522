"""Timelines: any execution history as steps that a person can read.

The core is pure: events in, an immutable timeline out. `reader` asks AWS; nothing else does.
"""

from breakwater.timeline.timeline import Timeline, reconstruct

__all__ = ["Timeline", "reconstruct"]
