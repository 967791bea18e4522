"""What infrastructure tells a function through its environment."""

import os
from collections.abc import Mapping


class MissingSetting(RuntimeError):
    """A variable that infrastructure should have set is not there; the function cannot start."""


def setting(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The value of a variable that must be set."""
    value = environment.get(name, "")
    if not value:
        raise MissingSetting(
            f"{name} is not set. The stack that makes this function sets it, so somebody changed "
            "the function by hand. Put it back: make deploy ENV=... CDK_FLAGS=--revert-drift"
        )
    return value


def require_settings(*names: str) -> None:
    """These are there, although they are read later: a function that lacks one does not start."""
    for name in names:
        setting(name)
