"""Builds the portal into `portal/dist`; at once when nothing has changed since."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from breakwater_local.command import run
from breakwater_local.lock import exclusive
from breakwater_local.place import CHECKOUT, Place, require_space
from breakwater_local.progress import Step

PORTAL = CHECKOUT / "portal"
BUILT = PORTAL / "dist"
SPACE_MIB = 400
_FILES = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "index.html")
_FOLDERS = ("src", "public")
_REMEDY = (
    "Is a package registry reachable from here? A mirror is taken from npm's own settings "
    "(.npmrc). Then run the same command again."
)


def build(log: Path, keep_open: int | None = None) -> Path:
    """Where the page lies, built from the sources as they are now. One builds, others wait for it.

    :param keep_open: the descriptor of a held lock, which the build inherits.
    """
    with exclusive(Place().state / "portal.lock"):
        return _build(log, keep_open)


def _build(log: Path, keep_open: int | None) -> Path:
    sources = fingerprint(PORTAL)
    stamp = PORTAL / "node_modules" / "breakwater-built.json"
    if _read(stamp) == sources and (BUILT / "index.html").is_file():
        return BUILT
    install(log, keep_open)
    with Step("Building the portal") as step:
        _npm(step, log, keep_open, "run", "bundle")
    stamp.write_text(json.dumps(sources), encoding="utf-8")
    return BUILT


def check(log: Path, *, changed_only: bool = False) -> None:
    """Its types, against the OpenAPI document as it is now, and its tests.

    :param changed_only: not if nothing has changed since they passed here.
    """
    install(log)
    stamp = PORTAL / "node_modules" / "breakwater-checked.json"
    sources = checked_fingerprint(PORTAL, CHECKOUT / "docs" / "api" / "openapi.json")
    if changed_only and _read(stamp) == sources:
        print("✓ The portal is as it was when its types and tests passed")
        return
    with Step("Checking the portal's types") as step:
        _npm(step, log, None, "run", "check")
    with Step("Testing the portal") as step:
        _npm(step, log, None, "test")
    stamp.write_text(json.dumps(sources), encoding="utf-8")


def install(log: Path, keep_open: int | None = None) -> None:
    """What the portal is built with, as its lock file pins it."""
    stamp = PORTAL / "node_modules" / "breakwater-installed.json"
    digest = hashlib.sha256((PORTAL / "package-lock.json").read_bytes()).hexdigest()
    if _read(stamp) == digest:
        return
    require_space(PORTAL, SPACE_MIB)
    with Step("Installing what the portal is built with") as step:
        _npm(step, log, keep_open, "ci")
    stamp.write_text(json.dumps(digest), encoding="utf-8")


def fingerprint(portal: Path) -> str:
    """Changes when anything does that the page is built from. The route table is among it."""
    return _digest(portal, _sources(portal, _FOLDERS))


def checked_fingerprint(portal: Path, api: Path) -> str:
    """Changes when anything does that its types and tests are made from."""
    return _digest(portal, [*_sources(portal, (*_FOLDERS, "tests")), api])


def _digest(portal: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(os.path.relpath(path, portal).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(portal: Path, folders: Sequence[str]) -> Iterator[Path]:
    yield from (portal / name for name in _FILES)
    for folder in folders:
        for path in sorted((portal / folder).rglob("*")):
            # schema.d.ts is made from the OpenAPI document, and types are not in the page.
            if path.is_file() and path.name != "schema.d.ts":
                yield path


def _npm(step: Step, log: Path, keep_open: int | None, *arguments: str) -> None:
    binaries = CHECKOUT / ".venv" / "bin"
    run(
        [str(binaries / "npm"), *arguments],
        step=step,
        cwd=PORTAL,
        environment={
            **os.environ,
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "NODE_USE_SYSTEM_CA": "1",
            "NO_COLOR": "1",
        },
        log=log,
        remedy=_REMEDY,
        keep_open=[] if keep_open is None else [keep_open],
    )


def _read(stamp: Path) -> object:
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None  # never finished, or cut off: build again
