"""Tells the portal's stories in one Chromium: whoever has signed in once is signed in."""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conftest import CHECKOUT

STORIES = CHECKOUT / "portal" / "browser" / "stories.mjs"
PATIENCE_SECONDS = 1800
"""For a whole story: each of its waits has patience of its own, portal/browser/pages.mjs."""


class Storyteller:
    """A process that is told a story by a line, and answers with a line whether it was true."""

    def __init__(self, chromium: str, log: Path) -> None:
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [str(CHECKOUT / ".venv/bin/node"), "--no-warnings", str(STORIES)],
                env={**os.environ, "CHROMIUM_PATH": chromium},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._answers = queue.Queue[str]()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, name: str, settings: Mapping[str, Any], picture: Path) -> None:
        """Returns if it was true; a failure says where it stopped."""
        asked = {"name": name, "settings": dict(settings), "picture": str(picture)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        try:
            answer = self._answers.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            self.end()
            raise AssertionError(f"{name} did not end within {PATIENCE_SECONDS} s") from None
        assert answer, f"the browser's process ended: {self._log.read_text()[-4000:]}"
        error = json.loads(answer)["error"]
        assert error is None, f"{name}: {error}\npicture: {picture}"

    def end(self) -> None:
        """Close the browser; the process itself if it does not come to an end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")  # it is gone
