"""The scripts that stand in docs/drs-simulator.md, by the number of their situation."""

import re
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "drs-simulator.md"
_SITUATION = re.compile(r"^### (\d+)\b.*?\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
_YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@cache
def _examples() -> dict[int, str]:
    text = REFERENCE.read_text(encoding="utf-8")
    found = ((int(number), _YAML.search(body)) for number, body in _SITUATION.findall(text))
    return {number: block.group(1) for number, block in found if block}


def example(number: int) -> str:
    """The script of a situation, exactly as the reference has it."""
    return _examples()[number]
