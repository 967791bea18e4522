"""Settings that travel as JSON in one environment variable."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSettings:
    """Written by infrastructure, read by functions."""

    def to_json(self) -> str:
        """As it stands in the variable."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As a function reads it."""
        return cls(**json.loads(text))
