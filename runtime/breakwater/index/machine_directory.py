"""What state machines say of themselves, remembered: in memory, then in the table, then asked.

ListTagsForResource allows one call a second in an account, so a state machine is asked once, by
whichever function meets it first; the answer stands in the table as `#MACHINE#<ARN>`. The sweep
asks again after `FRESH` and so notices new tags. An answer that could not be had is never kept:
rows written meanwhile say that their name is a guess, and the sweep mends them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from aws_lambda_powertools import Logger

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.arns import tagged_machine
from breakwater.index.machine_facts import MachineFacts, facts_of
from breakwater.index.step_functions import Unanswered
from breakwater.platform.attribute_values import from_item, to_item
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

logger = Logger(child=True)

MACHINE_PREFIX = "#MACHINE#"
FRESH = timedelta(hours=1)
_IN_MEMORY_SECONDS = 300.0
_AGAIN_SECONDS = 10.0  # after a throttled read


class Tags(Protocol):
    """Step Functions, asked for tags."""

    def tags(self, state_machine_arn: str) -> Mapping[str, str]:
        """The tags; Unanswered if they could not be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    facts: MachineFacts
    until: float


class MachineDirectory:
    """The directory."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        tags: Tags,
        settings: IndexSettings,
        clock: Callable[[], datetime],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._table = table
        self._tags = tags
        self._settings = settings
        self._clock = clock
        self._seconds = seconds
        self._memory: dict[str, _Kept] = {}

    def facts(self, state_machine_arn: str) -> MachineFacts:
        """What is known of it; `certain` is False if its tags could not be read now."""
        state_machine_arn = tagged_machine(state_machine_arn)
        kept = self._memory.get(state_machine_arn)
        if kept and kept.until > self._seconds():
            return kept.facts
        noted = self._noted(state_machine_arn)
        tags = noted[0] if noted else self._ask(state_machine_arn)
        return self._remember(state_machine_arn, tags)

    def refresh(self, state_machine_arn: str) -> MachineFacts:
        """The same, asked anew if the answer is older than FRESH."""
        state_machine_arn = tagged_machine(state_machine_arn)
        noted = self._noted(state_machine_arn)
        if noted and noted[1] > iso(self._clock() - FRESH):
            return self._remember(state_machine_arn, noted[0])
        tags = self._ask(state_machine_arn)
        if tags is None and noted:
            tags = noted[0]  # old is better than unknown
        return self._remember(state_machine_arn, tags)

    def _remember(self, arn: str, tags: Mapping[str, str] | None) -> MachineFacts:
        facts = facts_of(arn, tags, self._settings)
        seconds = _IN_MEMORY_SECONDS if facts.certain else _AGAIN_SECONDS
        self._memory[arn] = _Kept(facts=facts, until=self._seconds() + seconds)
        return facts

    def _ask(self, arn: str) -> Mapping[str, str] | None:
        try:
            tags = self._tags.tags(arn)
        except Unanswered as why:
            logger.warning("Tags could not be read", extra={"arn": arn, "reason": str(why)})
            return None
        values = {"tags": dict(tags), "readAt": iso(self._clock())}
        self._client.put_item(TableName=self._table, Item=to_item({**self._key(arn), **values}))
        return tags

    def _noted(self, arn: str) -> tuple[Mapping[str, str], str] | None:
        answer = self._client.get_item(TableName=self._table, Key=to_item(self._key(arn)))
        if "Item" not in answer:
            return None
        values = from_item(answer["Item"])
        return values["tags"], values["readAt"]

    def _key(self, arn: str) -> dict[str, str]:
        return {contract.EXECUTION_INDEX.partition: f"{MACHINE_PREFIX}{arn}"}
