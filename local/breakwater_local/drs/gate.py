"""Who a caller is and what it may do, when there is no AWS to ask: anybody, anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from breakwater_local.drs.errors import Denied
from breakwater_local.drs.wire.caller import Caller

DEFAULT_ACCOUNT = "111122223333"
_ACCOUNT = re.compile(r"\d{12}")

Context = tuple[tuple[str, tuple[str, ...]], ...]
"""Condition keys and their values."""


@dataclass(frozen=True)
class Principal:
    """Who calls, as far as it could be found out."""

    account: str
    region: str
    access_key: str
    application: str | None = None
    """The name of the calling function, or what else a client calls itself."""
    role: str | None = None
    """The ARN of the calling function's role; nothing for who is no function."""

    @property
    def arn(self) -> str:
        """The name by which an error speaks of it."""
        return self.role or f"arn:aws:iam::{self.account}:root"


@dataclass(frozen=True)
class Resource:
    """What an action is to be done to, and the tags it has."""

    arn: str
    tags: tuple[tuple[str, str], ...] = ()


ANYTHING = Resource("*")


@dataclass(frozen=True)
class Need:
    """An action that a caller must be allowed, on all of these resources."""

    action: str
    resources: tuple[Resource, ...] = (ANYTHING,)
    context: Context = ()


class Gate(Protocol):
    """Stands before the operations."""

    def identify(self, calling: Caller) -> Principal:
        """The principal behind a request."""

    def refused(self, principal: Principal, needs: Sequence[Need]) -> Denied | None:
        """The first of these that the principal is not allowed, if there is one."""


class OpenGate:
    """Lets everybody in. An access key id of twelve digits is an account, as in the emulator."""

    def identify(self, calling: Caller) -> Principal:
        """The account of the key, or the default one."""
        key = calling.access_key
        account = key if _ACCOUNT.fullmatch(key) else DEFAULT_ACCOUNT
        return Principal(account, calling.region, key, calling.application)

    def refused(self, principal: Principal, needs: Sequence[Need]) -> Denied | None:  # noqa: ARG002
        """Nothing is."""
        return None
