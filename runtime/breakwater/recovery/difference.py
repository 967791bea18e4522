"""What a change adds, changes and removes, field by field. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that is not the same; None on the side where it is not."""

    place: str
    before: Any
    after: Any

    @property
    def sign(self) -> str:
        """`+` added, `-` removed, `~` changed."""
        if self.before is None:
            return "+"
        return "-" if self.after is None else "~"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every field that differs. What has a name is compared by it, not by its position."""
    old, new = _flat(before), _flat(after)
    return [
        Difference(place=place, before=old.get(place), after=new.get(place))
        for place in dict.fromkeys((*new, *old))
        if old.get(place) != new.get(place)
    ]


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(field for name, value in values.items() for field in _fields(name, value))


def _fields(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _fields(f"{place}.{name}", part)
    elif isinstance(value, list) and value and all(_is_named(part) for part in value):
        yield place, [part["name"] for part in value]
        for part in value:
            rest = {name: inner for name, inner in part.items() if name != "name"}
            yield from _fields(f"{place}[{part['name']}]", rest)
    elif value is not None:
        yield place, value


def _is_named(value: Any) -> bool:
    return isinstance(value, Mapping) and "name" in value
