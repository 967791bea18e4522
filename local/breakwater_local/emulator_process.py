"""Becomes the embedded AWS: writes down who it is, then turns into `ministack`.

The process that is started writes its own record, so there is no moment in which an emulator runs
and nobody knows its number, whenever `make up` is killed. The number survives the `exec`.
"""

import json
import os
import sys
from pathlib import Path

import psutil


def main() -> None:
    """argv: the record to write, the port to listen on, the descriptor of the lock."""
    record, port, lock = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    me = psutil.Process()
    written = record.with_suffix(f".{me.pid}")
    written.write_text(
        json.dumps({"pid": me.pid, "started": me.create_time(), "port": port}), encoding="utf-8"
    )
    written.replace(record)
    os.close(lock)  # from here on, whoever looks finds the record
    os.execv(sys.executable, [sys.executable, "-m", "ministack"])


if __name__ == "__main__":
    main()
