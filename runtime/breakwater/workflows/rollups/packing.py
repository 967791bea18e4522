"""Rollups ↔ bytes: compressed JSON, a third of the size that is paid for in every write. Pure."""

import json
import zlib
from typing import Any

from breakwater.workflows.rollups.tally import Rollup, Tally


class NotOurs(ValueError):
    """Bytes that no release of ours wrote."""


def packed(rollup: Rollup) -> bytes:
    """Keys stay even when nothing is left under them: see room."""
    return pack([[list(key), tally.to_json()] for key, tally in sorted(rollup.tallies.items())])


def unpacked(data: bytes) -> Rollup:
    """What `packed` wrote."""
    rollup = Rollup()
    for key, told in unpack(data):
        rollup.tallies[tuple(key)] = Tally.from_json(told)
    return rollup


def pack(value: Any) -> bytes:
    """JSON, compressed."""
    return zlib.compress(json.dumps(value, separators=(",", ":"), sort_keys=True).encode(), 6)


def unpack(data: bytes) -> Any:
    """What `pack` wrote; NotOurs for anything else."""
    try:
        return json.loads(zlib.decompress(data))
    except (zlib.error, ValueError) as error:
        raise NotOurs(f"{len(data)} bytes are no figures of ours: {error}") from error
