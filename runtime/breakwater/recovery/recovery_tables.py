"""The tables that groups and plans are written to, by their physical names."""

from dataclasses import dataclass
from typing import Self

from breakwater import contract
from breakwater.platform.settings import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryTables:
    """A change to a group or plan touches all three, in one transaction."""

    groups: str
    plans: str
    audit: str

    @classmethod
    def from_settings(cls) -> Self:
        """What infrastructure told this function."""
        return cls(
            groups=setting(contract.PROTECTION_GROUPS.variable),
            plans=setting(contract.RECOVERY_PLANS.variable),
            audit=setting(contract.AUDIT_TRAIL.variable),
        )
