"""What a client can listen to: `list`, or `workflow:<id>`. Pure.

Ids of workflows are written here once more, because live and workflows never import each other;
a test holds the two against each other.
"""

import base64
import re
from dataclasses import dataclass

from breakwater.platform.http.permissions import Permission

LIST = "list"
WORKFLOW_PREFIX = "workflow:"
CUSTOM_PREFIX = "custom."
_LONGEST_ID = 600
_RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_CUSTOM = re.compile(r"custom\.[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_.:-]{1,128}")
_ARN = re.compile(r"arn:[a-z0-9-]+:states:[a-z0-9-]+:\d{12}:execution:[^:\s]+:[^:\s]+")


class NotATopic(ValueError):
    """Nobody can listen to this; the message says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing to listen to."""

    name: str
    execution_arn: str | None = None
    """Of a workflow that is an execution of Step Functions: its steps are read for it."""

    permission: Permission = Permission.READ
    """What listening takes. Whoever may read a workflow may hear of it."""


def parsed(text: object) -> Topic:
    """The topic that a client names; NotATopic if it can be none."""
    if text == LIST:
        return Topic(name=LIST)
    if isinstance(text, str) and text.startswith(WORKFLOW_PREFIX):
        wanted = text.removeprefix(WORKFLOW_PREFIX)
        if is_run(wanted) or _CUSTOM.fullmatch(wanted):
            return Topic(name=text)
        arn = execution_arn_of(wanted)
        if arn is not None:
            return Topic(name=text, execution_arn=arn)
    raise NotATopic(
        f"{str(text)[:80]!r} is no topic. There are `list` and `workflow:<id>`; GET /workflows "
        "lists the ids."
    )


def topic_of(workflow_id: str) -> str:
    """The topic of one workflow."""
    return f"{WORKFLOW_PREFIX}{workflow_id}"


def is_run(workflow_id: str) -> bool:
    """Is this the id of a recovery run?"""
    return _RUN.fullmatch(workflow_id) is not None


def id_of_execution(arn: str) -> str:
    """The id of the workflow that this execution is."""
    return base64.urlsafe_b64encode(arn.encode()).decode().rstrip("=")


def execution_arn_of(workflow_id: str) -> str | None:
    """The execution that this id names, if it names one."""
    if len(workflow_id) > _LONGEST_ID:
        return None
    try:
        padded = workflow_id + "=" * (-len(workflow_id) % 4)
        arn = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:  # no base64, or no text: it names none
        return None
    return arn if _ARN.fullmatch(arn) and id_of_execution(arn) == workflow_id else None
