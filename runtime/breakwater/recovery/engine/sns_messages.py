"""Messages to people, by SNS. Calls Publish; nothing else.

A subscription may filter by the attributes: kind, planId, isDrill (`true` or `false`), environment.
"""

from typing import TYPE_CHECKING

from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.messages import Message
from breakwater.recovery.engine.run import Run

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import MessageAttributeValueTypeDef


class SnsMessages:
    """The topic to which people subscribe."""

    def __init__(self, client: "SNSClient", *, topic_arn: str, environment: str) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._environment = environment

    def send(self, message: Message, event: Event, run: Run) -> None:
        """Tell them; whoever cannot be told is SNS's to retry, a refusal is raised."""
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=message.subject,
            Message=message.body,
            MessageAttributes={
                "kind": _text(event.kind.value),
                "planId": _text(run.plan_id),
                "isDrill": _text("true" if run.is_drill else "false"),
                "environment": _text(self._environment),
            },
        )


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
