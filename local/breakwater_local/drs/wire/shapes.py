"""Checks a document against a botocore shape, more strictly than botocore does for its callers.

Types, required and unknown members, lengths, ranges, enums and patterns. All that is wrong is
found, each with its place. Checks are built once per shape, so they cost little per document.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

Finding = tuple[str, str]
"""Where, and what is wrong there."""
Check = Callable[[Any, str, list[Finding]], None]

_NUMBERS = {"integer", "long"}


def findings(shape: StructureShape, document: Any) -> list[Finding]:
    """All that is wrong with a document; empty when nothing is."""
    found: list[Finding] = []
    _check(shape)(document, "", found)
    return found


@cache
def _check(shape: Shape) -> Check:
    if isinstance(shape, StructureShape):
        return _structure(shape)
    if isinstance(shape, ListShape):
        return _list(shape)
    if isinstance(shape, MapShape):
        return _map(shape)
    if isinstance(shape, StringShape) or shape.type_name == "string":
        return _string(shape)
    if shape.type_name in _NUMBERS:
        return _number(shape)
    if shape.type_name == "boolean":
        return _boolean
    raise NotImplementedError(f"the model has a {shape.type_name} ({shape.name}): write its check")


def _structure(shape: StructureShape) -> Check:
    members = {name: _check(member) for name, member in shape.members.items()}
    required = shape.required_members

    def check(value: Any, where: str, found: list[Finding]) -> None:
        if not isinstance(value, dict):
            found.append((where, f"must be an object, not {_kind(value)}"))
            return
        prefix = f"{where}." if where else ""
        found.extend((prefix + name, "is required") for name in required if value.get(name) is None)
        for name, content in value.items():
            if content is None:
                continue  # the service takes null for absent
            member = members.get(name)
            if member is None:
                known = ", ".join(members) or "nothing"
                found.append((prefix + name, f"is unknown here; known are: {known}"))
            else:
                member(content, prefix + name, found)

    return check


def _list(shape: ListShape) -> Check:
    member = _check(shape.member)
    length = _limits(shape, "items")

    def check(value: Any, where: str, found: list[Finding]) -> None:
        if not isinstance(value, list):
            found.append((where, f"must be a list, not {_kind(value)}"))
            return
        length(len(value), where, found)
        for index, item in enumerate(value):
            member(item, f"{where}[{index}]", found)

    return check


def _map(shape: MapShape) -> Check:
    key, content, length = _check(shape.key), _check(shape.value), _limits(shape, "entries")

    def check(value: Any, where: str, found: list[Finding]) -> None:
        if not isinstance(value, dict):
            found.append((where, f"must be an object, not {_kind(value)}"))
            return
        length(len(value), where, found)
        for name, item in value.items():
            key(name, f"{where} (key {name!r})", found)
            content(item, f"{where}[{name!r}]", found)

    return check


def _string(shape: Shape) -> Check:
    enum = frozenset(shape.metadata.get("enum", ()))
    written = shape.metadata.get("pattern")
    pattern = re.compile(written) if written else None
    length = _limits(shape, "characters")

    def check(value: Any, where: str, found: list[Finding]) -> None:
        if not isinstance(value, str):
            found.append((where, f"must be a string, not {_kind(value)}"))
            return
        length(len(value), where, found)
        if enum and value not in enum:
            found.append((where, f"must be one of {', '.join(sorted(enum))}, not {value!r}"))
        if pattern and not pattern.fullmatch(value):
            found.append((where, f"{value!r} does not match {written}"))

    return check


def _number(shape: Shape) -> Check:
    limits = _limits(shape, "")

    def check(value: Any, where: str, found: list[Finding]) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found.append((where, f"must be a whole number, not {_kind(value)}"))
            return
        limits(value, where, found)

    return check


def _boolean(value: Any, where: str, found: list[Finding]) -> None:
    if not isinstance(value, bool):
        found.append((where, f"must be true or false, not {_kind(value)}"))


def _limits(shape: Shape, unit: str) -> Callable[[int, str, list[Finding]], None]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(size: int, where: str, found: list[Finding]) -> None:
        if least is not None and size < least:
            found.append((where, f"must be at least {least} {unit}, not {size}".replace("  ", " ")))
        if most is not None and size > most:
            found.append((where, f"must be at most {most} {unit}, not {size}".replace("  ", " ")))

    return check


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "a boolean", type(None): "null"}
    return names.get(type(value), repr(value))
