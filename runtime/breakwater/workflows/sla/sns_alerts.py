"""Alerts to people, by SNS. Calls Publish; nothing else.

A subscription may filter by the attributes: kind (`slaAtRisk`, `slaBreached`, `slowState`), type,
environment. `alertId` is the same whenever the same alert is told.
"""

from typing import TYPE_CHECKING

from breakwater.workflows.sla.alert_message import AlertMessage

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import MessageAttributeValueTypeDef


class SnsAlerts:
    """The topic to which people subscribe."""

    def __init__(self, client: "SNSClient", *, topic_arn: str, environment: str) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._environment = environment

    def send(self, message: AlertMessage) -> None:
        """Tell them; a refusal is raised."""
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=message.subject,
            Message=message.body,
            MessageAttributes={
                "kind": _text(message.kind.value),
                "alertId": _text(message.alert_id),
                "type": _text(message.type),
                "environment": _text(self._environment),
            },
        )


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
