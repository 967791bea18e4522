"""Asks DynamoDB how the tables are: one DescribeTable each, all at once, none for long."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform.health import Part, part_of_table, part_refused, part_unreachable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

logger = Logger(child=True)

# A health check that waits is no health check: two tries of three seconds, whatever hangs.
PATIENCE = Config(
    connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"}
)


def check_tables(client: "DynamoDBClient", tables: Mapping[str, str]) -> list[Part]:
    """Part name → table name becomes a judged part for each, in the same order."""
    with ThreadPoolExecutor(max_workers=max(len(tables), 1)) as pool:
        return list(pool.map(lambda item: _check(client, *item), tables.items()))


def _check(client: "DynamoDBClient", part: str, table: str) -> Part:
    try:
        return part_of_table(part, client.describe_table(TableName=table)["Table"])
    except ClientError as error:
        logger.exception("DynamoDB refused", part=part, table=table)
        return part_refused(part, error.response["Error"]["Code"])
    except BotoCoreError:
        logger.exception("DynamoDB did not answer", part=part, table=table)
        return part_unreachable(part)
