"""`make rollback`: an earlier release is deployed from a checkout of its own, which then goes."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

RELEASED = """\
deploy:
\t@echo "$$(cat VERSION) to $(ENV) with [$(CDK_FLAGS)]"
\t@test ! -f broken
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One with two releases, of which the second cannot be deployed, and something unsaved."""
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "--quiet")
    (place / "Makefile").write_text(RELEASED)
    for version in ("v1", "v2"):
        (place / "VERSION").write_text(version)
        if version == "v2":
            (place / "broken").write_text("")
        git(place, "add", "--all")
        git(place, "commit", "--quiet", "--message", version)
        git(place, "tag", version)
    (place / "VERSION").write_text("not committed yet")
    return place


def git(place: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
    ended = subprocess.run(
        ["git", *who, *arguments], cwd=place, capture_output=True, text=True, check=True
    )
    return ended.stdout


def rollback(place: Path, *given: str) -> subprocess.CompletedProcess[str]:
    """With our Makefile, in that repository."""
    return subprocess.run(
        ["make", "-f", str(CHECKOUT / "Makefile"), "rollback", *given],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )


def places(repository: Path) -> int:
    return len(git(repository, "worktree", "list").splitlines())


def test_the_release_is_deployed_as_it_was(repository: Path) -> None:
    ended = rollback(repository, "ENV=prod", "TO=v1", "CDK_FLAGS=--require-approval never")
    assert ended.returncode == 0, ended.stderr
    assert "v1 to prod with [--require-approval never]" in ended.stdout
    assert "make verify ENV=prod" in ended.stdout


@pytest.mark.parametrize("release", ["v1", "v2"])
def test_nothing_of_it_stays_and_nothing_unsaved_is_lost(release: str, repository: Path) -> None:
    rollback(repository, "ENV=prod", f"TO={release}")
    assert places(repository) == 1
    assert (repository / "VERSION").read_text() == "not committed yet"


def test_one_that_cannot_be_deployed_says_so_and_what_to_look_at(repository: Path) -> None:
    ended = rollback(repository, "ENV=prod", "TO=v2")
    assert ended.returncode != 0
    assert "v2 is not, or not wholly, deployed to prod" in ended.stderr
    assert "make verify ENV=prod" in ended.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("ENV=prod",), "Say which release: make rollback ENV=prod TO=<tag>. The latest: v"),
        (("ENV=prod", "TO=v3"), "There is no release v3 here"),
        (("ENV=local", "TO=v1"), "Say which environment"),
        (("TO=v1",), "Say which environment"),
    ],
)
def test_what_is_missing_or_unknown_is_named_and_nothing_is_deployed(
    given: tuple[str, ...], said: str, repository: Path
) -> None:
    ended = rollback(repository, *given)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "to prod" not in ended.stdout
