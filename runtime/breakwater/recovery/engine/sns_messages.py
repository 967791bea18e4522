"""Messages to people, by SNS. Calls Publish; nothing else.

A subscription may filter by the attributes: kind, planId, isDrill (`true` or `false`), environment.
"""

from typing import TYPE_CHECKING

from breakwater.platform.topic import Topic
from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.messages import Message
from breakwater.recovery.engine.run import Run

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient


class SnsMessages:
    """The topic to which people subscribe."""

    def __init__(self, client: "SNSClient", *, topic_arn: str, environment: str) -> None:
        self._topic = Topic(client, topic_arn)
        self._environment = environment

    def send(self, message: Message, event: Event, run: Run) -> None:
        """Tell them; whoever cannot be told is SNS's to retry, a refusal is raised."""
        self._topic.tell(
            message.subject,
            message.body,
            kind=event.kind.value,
            planId=run.plan_id,
            isDrill="true" if run.is_drill else "false",
            environment=self._environment,
        )
