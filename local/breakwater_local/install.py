"""Installs what is pinned into `.venv` and `node_modules`: `python -m breakwater_local.install`.

Standard library only. Killed at any moment, the next call begins again from what is known to be
whole: an environment without its stamp is thrown away, and the package cache makes that cheap.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from breakwater_local.command import run
from breakwater_local.lock import exclusive
from breakwater_local.place import CHECKOUT, problem_of, require_space
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

UV = "uv==0.13.8"  # the installer; it reads the same pinned files as pip, ten times faster
SETS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
SPACE_MIB = {"run": 1100, "dev": 1400}
_MIRROR = (
    "Is a package registry reachable from here? A mirror is taken from pip's own settings "
    "(PIP_INDEX_URL, pip.conf) and npm's (.npmrc). Then run the same command again."
)


def main(arguments: list[str] | None = None) -> int:
    """Bring `.venv` and `node_modules` to what the files say; quick when they already are."""
    parser = argparse.ArgumentParser(prog="python -m breakwater_local.install")
    parser.add_argument("set", choices=sorted(SETS), help="run: to use it; dev: to change it")
    wanted = parser.parse_args(arguments).set
    try:
        install(CHECKOUT, wanted)
    except Problem as problem:
        print(f"\nbreakwater: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nbreakwater: {problem_of(error, CHECKOUT / '.breakwater')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbreakwater: interrupted; run it again, it goes on from here.", file=sys.stderr)
        return 1
    return 0


def install(checkout: Path, wanted: str) -> None:
    """Install one of the sets. A set that is larger than asked for is left as it is."""
    with exclusive(checkout / ".breakwater" / "lock") as lock:
        _install_python(checkout, wanted, lock)
        _install_node(checkout, lock)


def _install_python(checkout: Path, wanted: str, lock: int) -> None:
    venv = checkout / ".venv"
    stamp = venv / "breakwater-installed.json"
    have = _read(stamp)
    if have.get("set") == "dev":
        wanted = "dev"
    digest = _digest(checkout / SETS[wanted])
    if have == {"set": wanted, "digest": digest}:
        return
    require_space(checkout, SPACE_MIB[wanted] if not have else 200)
    stamp.unlink(missing_ok=True)
    python = venv / "bin" / "python"
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUAL_ENV": str(venv)}
    log = checkout / ".breakwater" / "install.log"

    def step(title: str, remedy: str, *command: str) -> None:
        with Step(title) as shown:
            run(
                command,
                step=shown,
                cwd=checkout,
                environment=environment,
                log=log,
                remedy=remedy,
                keep_open=[lock],  # if we are killed, what we started is waited for
            )

    if not have:
        _claim(venv, checkout / ".breakwater" / "venv-is-ours")
        step(
            "Making a virtual environment in .venv",
            "Python's venv module is needed (on Debian and Ubuntu: apt-get install python3-venv).",
            sys.executable,
            "-m",
            "venv",
            "--clear",
            str(venv),
        )
        step("Fetching the installer", _MIRROR, str(python), "-m", "pip", "install", "--quiet", UV)
    step(
        f"Installing the packages of {SETS[wanted]}",
        _MIRROR,
        *(str(python), "-m", "uv", "pip", "sync", "--system-certs"),
        *("--python", str(python)),
        *_index(python),
        SETS[wanted],
    )
    _write(stamp, {"set": wanted, "digest": digest})


def _claim(venv: Path, mark: Path) -> None:
    """Only an environment that we began to make may be thrown away."""
    if venv.exists() and any(venv.iterdir()) and not mark.exists():
        raise Problem(
            f"{venv} is there already, and was not made by this installation.",
            "Move it away (mv .venv .venv-mine), and run the same command again.",
        )
    mark.touch()


def _install_node(checkout: Path, lock: int) -> None:
    modules = checkout / "node_modules"
    stamp = modules / "breakwater-installed.json"
    digest = _digest(checkout / "package-lock.json")
    if _read(stamp) == {"digest": digest}:
        return
    require_space(checkout, 200)
    binaries = checkout / ".venv" / "bin"
    with Step("Installing the CDK command line") as shown:
        run(
            [str(binaries / "npm"), "ci"],
            step=shown,
            cwd=checkout,
            environment={
                **os.environ,
                "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
                "NODE_USE_SYSTEM_CA": "1",  # where a company's proxy signs, the system knows it
            },
            log=checkout / ".breakwater" / "install.log",
            remedy=_MIRROR,
            keep_open=[lock],
        )
    _write(stamp, {"digest": digest})


def _index(python: Path) -> list[str]:
    """The index that pip is configured with: whoever set up a mirror did it there."""
    asked = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in reversed(asked.stdout.splitlines()):
        name, _, value = line.partition("=")
        if name.endswith(".index-url"):
            return ["--default-index", value.strip("'\"")]
    return []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(stamp: Path) -> dict[str, str]:
    try:
        content = json.loads(stamp.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}  # never finished, or cut off while it was written: install again
    return content if isinstance(content, dict) else {}


def _write(stamp: Path, content: dict[str, str]) -> None:
    stamp.write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
