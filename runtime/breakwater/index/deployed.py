"""Finds a deployed index by the output of its stack. Calls DescribeStacks."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from breakwater import contract

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The parts of an index, by their physical names."""

    table: str
    queue: str
    dead_letters: str
    sweep: str
    backfill: str


class NotDeployed(RuntimeError):
    """There is no such index; the message says how to find or make one."""


def index_in(
    cloudformation: "CloudFormationClient", stack: str, table: str | None = None
) -> Deployed:
    """The index of this stack; where it has several, the one with this table."""
    try:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        # CloudFormation has no code of its own for a stack that is not there.
        if error.response["Error"]["Code"] == "ValidationError":
            raise NotDeployed(
                f"There is no stack {stack} here. Say which environment (--environment) or which "
                "stack (--stack) has the index; is this the right account and Region?"
            ) from error
        raise
    all_of_them: list[dict[str, Any]] = [
        json.loads(output.get("OutputValue", ""))
        for output in found.get("Outputs", [])
        if output.get("Description") == contract.INDEX_PARTS_OUTPUT
    ]
    said = [parts for parts in all_of_them if table in (None, parts["table"])]
    if not said:
        raise NotDeployed(
            f"The stack {stack} has {len(all_of_them)} execution indexes"
            + (f", none with the table {table}" if table else "")
            + ". Add ExecutionIndex to it, or say another: --stack"
        )
    if len(said) > 1:
        raise NotDeployed(
            f"The stack {stack} has {len(said)} execution indexes. Say which: --table "
            + " or ".join(sorted(parts["table"] for parts in said))
        )
    [parts] = said
    return Deployed(
        table=parts["table"],
        queue=parts["queue"],
        dead_letters=parts["deadLetters"],
        sweep=parts["sweep"],
        backfill=parts["backfill"],
    )
