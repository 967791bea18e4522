"""An account and a Region: where a group's servers are protected, and where DRS is asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Target:
    """One place to ask."""

    account_id: str
    region: str

    def __str__(self) -> str:
        return f"account {self.account_id} in {self.region}"
