"""When a wave counts as recovered although some of its servers did not launch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from breakwater.recovery.server_selection import ServerSelection


class PolicyKind(StrEnum):
    """What the wave is measured by."""

    ALL = "all"
    CRITICAL = "critical"
    AT_LEAST = "atLeast"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailurePolicy:
    """A wave is complete when this is met, else failed."""

    kind: PolicyKind = PolicyKind.ALL

    servers: ServerSelection = field(default_factory=ServerSelection)
    """Kind critical: these must launch."""

    percent: int = 100
    """Kind atLeast: so many of the wave's servers must launch, from 1 to 100."""

    def to_json(self) -> dict[str, Any]:
        """Only what its kind uses."""
        match self.kind:
            case PolicyKind.CRITICAL:
                return {"kind": self.kind.value, "servers": self.servers.to_json()}
            case PolicyKind.AT_LEAST:
                return {"kind": self.kind.value, "percent": self.percent}
        return {"kind": self.kind.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From any of the three forms."""
        return cls(
            kind=PolicyKind(values["kind"]),
            servers=ServerSelection.from_json(values.get("servers") or {}),
            percent=int(values.get("percent", 100)),
        )
