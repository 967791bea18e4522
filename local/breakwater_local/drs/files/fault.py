"""What every fault of a script has: where, when and how often it strikes."""

import difflib
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from breakwater_local.drs.durations import Duration
from breakwater_local.drs.files.document import Written
from breakwater_local.drs.files.servers import AccountId, Region


def listed(written: Any) -> Any:
    """One thing may be written without the list around it."""
    return (written,) if isinstance(written, str) else written


Servers = Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]


def _times(written: Any) -> Any:
    if written == "always" or (type(written) is int and written >= 1):
        return written
    raise ValueError(f"must be a whole number from 1 up, or always, not {written!r}")


Times = Annotated[int | Literal["always"], BeforeValidator(_times)]


class Fault(Written):
    """What every fault may say: where, when and how often it strikes."""

    name: str | None = None
    account: AccountId | None = None
    region: Region | None = None
    from_: Annotated[Duration, Field(alias="from")] = 0.0
    until: Duration | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Fault":
        if self.until is not None and self.until <= self.from_:
            raise ValueError("`until` must be later than `from`")
        return self

    def active(self, account: str, region: str, at: float) -> bool:
        """Does it strike in this world, at this moment?"""
        return (
            self.account in (None, account)
            and self.region in (None, region)
            and self.from_ <= at
            and (self.until is None or at < self.until)
        )


class Counted(Fault):
    """A fault that strikes so many times and is over."""

    times: Times = 1
    skip: Annotated[int, Field(ge=0, strict=True)] = 0


def one_of(known: Collection[str], what: str) -> AfterValidator:
    """A name that must be known; whoever mistypes it is told which it may have been."""

    def check(name: str) -> str:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(known)}"
            raise ValueError(f"{name!r} is no {what}; {hint}")
        return name

    return AfterValidator(check)


def is_meant(patterns: Sequence[str], *names: str) -> bool:
    """Does a pattern (`db-01`, `app-*`, `s-...`) mean the server that is known by these names?"""
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
