"""What the command line reads from AWS, with the credentials of whoever calls it."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from breakwater.platform.http.errors import ApiError
from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.execution_arn import NotAnArn, parsed_execution_arn
from breakwater.timeline.reader import PATIENCE, Reader

_A_PERSON_WAITS = 60.0


def read_from_aws(
    execution_arn: str,
    *,
    refused: type[Exception],
    warn: Callable[[str], None],
    client: Any = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Events and definition of an execution; None where AWS does not give the definition.

    :param refused: the exception to raise when there is nothing to read; its message is for people.
    :param warn: is told what is missing.
    """
    try:
        region = parsed_execution_arn(execution_arn).region
        if client is None:
            client = boto3.client("stepfunctions", region_name=region, config=PATIENCE)
        reader = Reader(client, CallBudget(), patience_seconds=_A_PERSON_WAITS)
        events = reader.events(execution_arn, payloads=True)
        try:
            return events, reader.definition(execution_arn).text
        except ApiError as problem:
            warn(f"Without the definition, as it is not to be had: {problem}")
            return events, None
    except (NotAnArn, ApiError) as problem:
        raise refused(str(problem)) from problem
    except BotoCoreError as error:
        raise refused(
            f"AWS could not be asked: {error}\nSign in (`aws sso login`, or AWS_PROFILE), and try "
            'again. For the embedded AWS: eval "$(make -s env)".'
        ) from error
