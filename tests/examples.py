"""How many examples a property is tried with: few in `make check`, all of them in `make test`."""

import os

FEW = 15


def examples(number: int = 100) -> int:
    """So many; or few, if BREAKWATER_EXAMPLES says so."""
    return min(number, FEW) if os.environ.get("BREAKWATER_EXAMPLES") == "few" else number
