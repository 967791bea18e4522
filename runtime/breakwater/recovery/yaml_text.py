"""YAML → plain values, with the line of each; and plain values → YAML.

Every scalar is taken as the text that stands there, and what it means is left to the model: so
an account number keeps its leading zero, and a tag `no` stays `no`. PyYAML is imported where it is
used: it is not among what a Lambda function has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MOST_VALUES = 100_000
_DEEPEST = 50


class UnreadableYaml(ValueError):
    """The text is no YAML that we take; the message has the line and what to do."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlText:
    """What the text says, and on which lines."""

    values: Any
    lines: Mapping[str, int]
    """Place (`plans[0].waves[2].name`) → line."""

    def line_of(self, place: str) -> int:
        """The line of a place, or of what it would be in if it were there."""
        while place and place not in self.lines:
            cut = max(place.rfind("."), place.rfind("["))
            place = place[: max(cut, 0)]
        return self.lines.get(place, 1)


def read_yaml(text: str) -> YamlText:
    """Read one document."""
    import yaml  # noqa: PLC0415 - not in the Lambda functions' asset

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableYaml(mark.line + 1 if mark else 1, str(error.problem)) from error
    except yaml.YAMLError as error:
        raise UnreadableYaml(1, str(error)) from error
    except RecursionError as error:
        raise UnreadableYaml(1, "it is nested deeper than any plan is") from error
    reader = _Reader()
    return YamlText(values=reader.read(node, "", ()), lines=reader.lines)


def write_yaml(values: Any) -> str:
    """A document that `read_yaml` reads back."""
    import yaml  # noqa: PLC0415 - not in the Lambda functions' asset

    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100))


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._left = _MOST_VALUES

    def read(self, node: Any, place: str, inside: tuple[int, ...]) -> Any:
        if node is None:
            return None
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        self._left -= 1
        if len(inside) > _DEEPEST:
            raise UnreadableYaml(line, "it is nested deeper than any plan is")
        if id(node) in inside or self._left < 0:
            raise UnreadableYaml(line, "aliases make this endless; write it out")
        inside = (*inside, id(node))
        match node.id:
            case "mapping":
                return dict(self._pairs(node, place, inside))
            case "sequence":
                return [
                    self.read(part, f"{place}[{index}]", inside)
                    for index, part in enumerate(node.value)
                ]
        return None if node.tag == "tag:yaml.org,2002:null" else node.value

    def _pairs(self, node: Any, place: str, inside: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.id != "scalar":
                raise UnreadableYaml(line, "a key must be plain text")
            if key.value in seen:
                raise UnreadableYaml(line, f"{key.value!r} is there twice; remove one")
            seen.add(key.value)
            here = f"{place}.{key.value}" if place else key.value
            self.lines[here] = line
            yield key.value, self.read(value, here, inside)
