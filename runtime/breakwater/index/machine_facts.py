"""What a state machine's tags, and the configuration, say of its executions. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.arns import machine_name


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """A state machine, as far as the rows of its executions depend on it."""

    agent_name: str
    search: tuple[str, ...] = ()
    """Dotted paths into the input that people search by."""

    tagged: Mapping[str, str]
    """One of contract.LIFTED_FIELDS → what the tag says, where the input says nothing."""

    certain: bool
    """The tags were read. If not, this is the best guess, and whoever uses it must come back."""


def facts_of(
    state_machine_arn: str, tags: Mapping[str, str] | None, settings: IndexSettings
) -> MachineFacts:
    """The facts; `tags` is None where they could not be read."""
    name = machine_name(state_machine_arn)
    known = tags or {}
    configured = settings.search.get(state_machine_arn) or settings.search.get(name) or ()
    asked = known.get(contract.SEARCH_TAG, "").split()
    return MachineFacts(
        agent_name=known.get(settings.agentNameTag, "").strip() or name,
        search=tuple(dict.fromkeys([*configured, *asked]))[: contract.INDEX_MOST_PATHS],
        tagged={
            field: value
            for field in contract.LIFTED_FIELDS
            if (value := _said_plainly(field, known) or known.get(contract.TAG_PREFIX + field))
        },
        certain=tags is not None,
    )


def _said_plainly(field: str, tags: Mapping[str, str]) -> str:
    return tags.get(contract.SLA_TAG, "") if field == "slaTargetSeconds" else ""


def seconds_of(value: Any) -> float | None:
    """A positive number of seconds, whole where it is whole; None if it is none."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    if isinstance(value, bool) or not math.isfinite(seconds) or not 0 < seconds < 1e10:
        return None
    return int(seconds) if seconds.is_integer() else seconds
