"""Names that are taken once: a `NAME#<folded name>` item beside what bears the name.

It has no `kind`, so it is in no list; and it is written in the transaction that creates, renames
or removes its bearer, so there is no moment in which the two disagree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from breakwater.platform.http.errors import Conflict
from breakwater.platform.transaction import Write
from breakwater.recovery.folded_name import folded

BEARER = "bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRegister:
    """The names of one table."""

    table: str
    key: str
    """The table's partition key."""

    what: str
    """What bears the names, as people call it."""

    def key_of(self, name: str) -> dict[str, dict[str, str]]:
        """Where to look whether a name is taken."""
        return {self.key: {"S": f"NAME#{folded(name)}"}}

    def take(self, name: str, bearer: str) -> Write:
        """Refused with a conflict if somebody bears it."""
        return Write(
            action={
                "Put": {
                    "TableName": self.table,
                    "Item": {**self.key_of(name), BEARER: {"S": bearer}},
                    "ConditionExpression": "attribute_not_exists(#key)",
                    "ExpressionAttributeNames": {"#key": self.key},
                }
            },
            refused=self._taken(name),
        )

    def give_back(self, name: str, bearer: str) -> Write:
        """Frees a name that this one bears."""
        return Write(
            action={
                "Delete": {
                    "TableName": self.table,
                    "Key": self.key_of(name),
                    "ConditionExpression": "#bearer = :bearer",
                    "ExpressionAttributeNames": {"#bearer": BEARER},
                    "ExpressionAttributeValues": {":bearer": {"S": bearer}},
                }
            },
            refused=lambda: Conflict(
                f"The name {name!r} was changed at this moment. Read the {self.what} again."
            ),
        )

    def change(self, before: str, after: str, bearer: str) -> Iterator[Write]:
        """From one name to another; nothing to do if they are the same name, cased differently."""
        if folded(before) != folded(after):
            yield self.take(after, bearer)
            yield self.give_back(before, bearer)

    def _taken(self, name: str) -> Callable[[], Conflict]:
        return lambda: Conflict(
            f"There is a {self.what} named {name!r} already; upper and lower case are the same. "
            "Choose another name.",
            details=[{"place": "name", "code": "nameTaken", "problem": f"{name!r} is taken"}],
        )
