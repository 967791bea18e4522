"""What groups and plans have in common where they are kept: an id, a name of their own, a version.

Calls GetItem and Query (NameIndex); writes nothing by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from breakwater.contract import TableShape
from breakwater.platform import audit
from breakwater.platform.http.errors import Conflict, NotFound
from breakwater.platform.http.identity import Identity
from breakwater.platform.transaction import Write
from breakwater.recovery.name_list import NameList, NamePage
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater.recovery.unique_name import BEARER, NameRegister

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class Content(Protocol):
    """What a person writes."""

    def content_json(self) -> dict[str, Any]:
        """In camelCase."""


class Versioned(Protocol):
    """As it is kept."""

    @property
    def name(self) -> str:
        """Its own, however it is cased."""

    @property
    def version(self) -> int:
        """One more with every change."""

    @property
    def updated_at(self) -> str:
        """When it was changed last."""

    @property
    def updated_by(self) -> str:
        """By whom."""

    def to_json(self) -> dict[str, Any]:
        """All of it, in camelCase."""


Kept = TypeVar("Kept", bound=Versioned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Kept]):
    """What is kept."""

    kind: str
    """In the table."""

    what: str
    """As people call it, in full. `short`: where it is clear."""

    short: str
    table: str
    shape: TableShape
    read: Callable[[Mapping[str, Any]], Kept]
    subject: Callable[[str], str]
    """Of the audit trail, by id."""


class NamedStore(Generic[Kept]):
    """Reads them, and says what every change to them has in common."""

    def __init__(self, client: "DynamoDBClient", tables: RecoveryTables, *, of: Kind[Kept]) -> None:
        self._client = client
        self._tables = tables
        self._of = of
        self._key = of.shape.partition
        self._names = NameRegister(table=of.table, key=self._key, what=of.what)
        self._list = NameList(table=of.table, shape=of.shape, kind=of.kind, read=of.read)

    def get(self, id: str) -> Kept:
        """The one with this id, as of now; NotFound if there is none."""
        item = self._client.get_item(
            TableName=self._of.table, Key={self._key: {"S": id}}, ConsistentRead=True
        ).get("Item")
        # The id of a NAME# item is nobody's id, whoever asks for it.
        if item is None or item.get("kind") != {"S": self._of.kind}:
            raise NotFound(f"There is no {self._of.what} {id!r}.")
        return self._of.read(item)

    def named(self, name: str) -> Kept | None:
        """The one with this name, however it is cased."""
        item = self._client.get_item(
            TableName=self._of.table, Key=self._names.key_of(name), ConsistentRead=True
        ).get("Item")
        return self.get(item[BEARER]["S"]) if item else None

    def page(
        self, *, prefix: str = "", cursor: str | None = None, limit: int = 50
    ) -> NamePage[Kept]:
        """In the order of their names; a change may take a second to be seen here."""
        return self._list.page(self._client, prefix=prefix, cursor=cursor, limit=limit)

    def everything(self) -> Iterator[Kept]:
        """All of them, page by page."""
        cursor = None
        while True:
            page = self.page(cursor=cursor, limit=200)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _told(self, by: Identity, id: str, action: str, at: datetime, **what: Any) -> Write:
        record = audit.record(by, self._of.subject(id), action, at=at, **what)
        return Write(action=record.append_to(self._tables.audit), refused=made_twice)

    def _stale(self, id: str, yours: Content | None, version: int) -> Conflict:
        stored = self.get(id)
        return Conflict(
            f"{stored.updated_by} changed the {self._of.short} {stored.name!r} at "
            f"{stored.updated_at}: you saw version {version}, it is version {stored.version} now. "
            "Look at both, then save again.",
            details={
                "yours": {**(yours.content_json() if yours else {}), "version": version},
                "stored": stored.to_json(),
            },
        )


def made_twice() -> Conflict:
    """An id that is taken."""
    return Conflict("The same id was made twice, which happens by chance. Try again.")
