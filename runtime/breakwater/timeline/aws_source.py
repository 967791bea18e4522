"""What the command line reads from AWS, with the credentials of whoever calls it."""

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from breakwater.platform.http.errors import ApiError
from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.execution_arn import NotAnArn, parsed_execution_arn
from breakwater.timeline.reader import PATIENCE, Reader

_A_PERSON_WAITS = 60.0


def read_from_aws(
    execution_arn: str, *, refused: type[Exception], client: Any = None
) -> tuple[list[dict[str, Any]], str]:
    """Events and definition of an execution.

    :param refused: the exception to raise when there is nothing to read; its message is for people.
    """
    try:
        region = parsed_execution_arn(execution_arn).region
        if client is None:
            client = boto3.client("stepfunctions", region_name=region, config=PATIENCE)
        reader = Reader(client, CallBudget(), patience_seconds=_A_PERSON_WAITS)
        events = reader.events(execution_arn, payloads=True)
        return events, reader.definition(execution_arn).text
    except (NotAnArn, ApiError) as problem:
        raise refused(str(problem)) from problem
    except BotoCoreError as error:
        raise refused(
            f"AWS could not be asked: {error}\nSign in (`aws sso login`, or AWS_PROFILE), and try "
            'again. For the embedded AWS: eval "$(make -s env)".'
        ) from error
