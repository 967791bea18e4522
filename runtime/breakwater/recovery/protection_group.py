"""A protection group: which source servers of one account and Region belong together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from breakwater.platform.attribute_values import from_item, to_item
from breakwater.recovery.folded_name import folded
from breakwater.recovery.server_selection import ServerSelection

KIND = "GROUP"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContent:
    """What a person writes."""

    name: str
    account_id: str
    region: str
    servers: ServerSelection

    def content_json(self) -> dict[str, Any]:
        """What a person wrote, in camelCase."""
        return {
            "name": self.name,
            "accountId": self.account_id,
            "region": self.region,
            "servers": self.servers.to_json(),
        }

    @classmethod
    def content_of(cls, values: Mapping[str, Any]) -> "GroupContent":
        """From camelCase."""
        return GroupContent(**_content(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionGroup(GroupContent):
    """A group as it is kept."""

    group_id: str
    version: int
    """One more with every change; whoever changes it says which version they saw."""

    created_at: str
    updated_at: str
    updated_by: str
    used_by: tuple[str, ...] = ()
    """The ids of the plans that name this group: it stays as long as there is one."""

    def to_json(self) -> dict[str, Any]:
        """All of it, in camelCase."""
        return {
            "groupId": self.group_id,
            **self.content_json(),
            "version": self.version,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "updatedBy": self.updated_by,
            "usedBy": list(self.used_by),
        }

    def to_item(self) -> dict[str, Any]:
        """As it stands in the table; `usedBy` is maintained by the transactions of plans."""
        values = self.to_json()
        del values["usedBy"]
        return to_item({**values, "kind": KIND, "foldedName": folded(self.name)})

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From camelCase, as a run keeps the groups that it was started with."""
        return cls(
            **_content(values),
            group_id=values["groupId"],
            version=values["version"],
            created_at=values["createdAt"],
            updated_at=values["updatedAt"],
            updated_by=values["updatedBy"],
            used_by=tuple(values.get("usedBy", ())),
        )

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """From the table."""
        return cls.from_json(from_item(item))


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": values["name"],
        "account_id": values["accountId"],
        "region": values["region"],
        "servers": ServerSelection.from_json(values["servers"]),
    }
