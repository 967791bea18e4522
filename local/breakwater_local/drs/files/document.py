"""Reads a YAML file into a pydantic model; whoever wrote it learns of every mistake at once."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from breakwater_local.drs.files.place import Place
from breakwater_local.problem import Problem


class Written(BaseModel):
    """A part of a file: camelCase keys, nothing unknown, never changed once read."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


Model = TypeVar("Model", bound=Written)


def _refuse_aliases(text: str) -> None:
    """A few lines of aliases can stand for more than memory holds, and no file needs them."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            raise yaml.YAMLError(
                f"line {token.start_mark.line + 1} repeats *{token.value}; write it out"
            )


class Document:
    """A YAML file that was read; knows on which line everything stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise Problem(f"{path} can't be read: {error}", "Say which file it is.") from error
        try:
            _refuse_aliases(text)
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            self.content = {} if self._root is None else yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise Problem(f"{path} is not YAML: {error}", "Mend that place.") from error
        except (ValueError, RecursionError) as error:
            raise Problem(
                f"{path} has a value that YAML cannot read: {error}.",
                "Put it between quotation marks if it is meant as text; nest less.",
            ) from error

    def parsed(
        self, model: type[Model], also: Callable[[Any], Iterable[tuple[Place, str]]]
    ) -> Model:
        """The file as this model, or a Problem that lists everything wrong with it.

        :param also: finds what no single value is wrong by, in the content as it was read, whatever
            else is wrong with it.
        """
        found = [
            (place, f"`{key}` stands here twice; keep one") for place, key in _repeated(self._root)
        ]
        found += also(self.content)
        try:
            parsed = model.model_validate(self.content)
        except ValidationError as error:
            found += [_explained(fault, model) for fault in error.errors() if not _echo(fault)]
        if found:
            raise self.problem(found)
        return parsed

    def problem(self, found: Sequence[tuple[Place, str]]) -> Problem:
        """All that was found, each on a line of its own, in the order of the file."""
        placed = sorted((self._line(place), self._shown(place), text) for place, text in found)
        lines = [f"    line {line}, {where}: {text}" for line, where, text in placed]
        count = f"{len(lines)} problem{'s' if len(lines) > 1 else ''}"
        return Problem(
            f"{self.path} has {count}:\n" + "\n".join(lines),
            "docs/drs-simulator.md has every key, with examples.",
        )

    def _shown(self, place: Place) -> str:
        """The place without steps that are pydantic's own, such as the name of a union's member."""
        node, text = self._root, ""
        for number, step in enumerate(place, start=1):
            inner = _inner(node, step)
            node = inner[1] if inner else node
            if inner or number == len(place):
                text += f"[{step}]" if isinstance(step, int) else f".{step}"
        return text.lstrip(".") or "the file"

    def _line(self, place: Place) -> int:
        node, line = self._root, 1
        for step in place:
            inner = _inner(node, step)
            if inner is not None:
                node, line = inner[1], inner[0].start_mark.line + 1
        return line


def _inner(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _repeated(node: yaml.Node | None, place: Place = ()) -> list[tuple[Place, str]]:
    found: list[tuple[Place, str]] = []
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if key.value in keys:
                found.append(((*place, key.value), key.value))
            keys.add(key.value)
            found += _repeated(value, (*place, key.value))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            found += _repeated(item, (*place, index))
    return found


def _echo(fault: Any) -> bool:
    """Does it only say that what holds a mistake is short of one item?"""
    return fault["type"] == "too_short" and len(fault["input"]) > 0


def _explained(fault: Any, model: type[Written]) -> tuple[Place, str]:
    place: Place = tuple(fault["loc"])
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        close = difflib.get_close_matches(str(place[-1]), known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known are: {', '.join(known)}"
        return place, f"`{place[-1]}` is not a key here; {hint}"
    if kind == "missing":
        return place, f"`{place[-1]}` is missing"
    if kind == "union_tag_invalid":
        tags = context["expected_tags"].replace("'", "").split(", ")
        close = difflib.get_close_matches(str(context["tag"]), tags, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(tags)}"
        return (*place, "fault"), f"{context['tag']!r} is no fault; {hint}"
    if kind == "union_tag_not_found":
        return place, "say which `fault` it is"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return place, f"must be keys and values, not {fault['input']!r}"
    message = fault["msg"].removeprefix("Value error, ").replace("tuple", "list")
    told = isinstance(fault["input"], dict | list) or repr(fault["input"]) in message
    said = "" if told else f" (it is {fault['input']!r})"
    return place, message[0].lower() + message[1:] + said


def _known_keys(model: Any, place: Place) -> list[str]:
    """The keys that may stand at a place: pydantic's schema is followed down to it."""
    schema = model.model_json_schema(by_alias=True)
    here = schema
    for step in place:
        here = _resolved(schema, here)
        if isinstance(step, int):
            here = here.get("items", {})
        elif step in here.get("properties", {}):
            here = here["properties"][step]
        elif step in here.get("discriminator", {}).get("mapping", {}):
            here = {"$ref": here["discriminator"]["mapping"][step]}
    return sorted(_resolved(schema, here).get("properties", {}))


def _resolved(schema: Any, here: Any) -> Any:
    for _ in range(4):
        options = [o for o in here.get("anyOf", []) if o.get("type") != "null"]
        if options:
            here = options[0]
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rsplit("/", 1)[1]]
    return here
