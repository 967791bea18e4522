"""Becomes the embedded AWS: writes down who it is, then turns into `ministack`.

The number survives the `exec`.
"""

import os
import sys
from pathlib import Path

from breakwater_local.background import write_record


def main() -> None:
    """argv: the record to write, the port to listen on, the descriptor of the lock."""
    write_record(Path(sys.argv[1]), port=int(sys.argv[2]), lock=int(sys.argv[3]))
    os.execv(sys.executable, [sys.executable, "-m", "breakwater_local.emulator_program"])


if __name__ == "__main__":
    main()
