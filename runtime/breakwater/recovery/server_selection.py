"""Which source servers are meant: by their ids, or by tags that all must match."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSelection:
    """Either ids or tags; drafts see to it that there is exactly one of them."""

    ids: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def matches(self, server_id: str, tags: Mapping[str, str]) -> bool:
        """Is this server meant? A selection of nothing means no server, never all."""
        if self.ids:
            return server_id in self.ids
        return bool(self.tags) and all(tags.get(key) == value for key, value in self.tags.items())

    def to_json(self) -> dict[str, Any]:
        """`{"ids": [...]}` or `{"tags": {...}}`."""
        return {"ids": list(self.ids)} if self.ids else {"tags": dict(self.tags)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From either form."""
        return cls(ids=tuple(values.get("ids") or ()), tags=dict(values.get("tags") or {}))
