"""Alerts to people, by SNS. Calls Publish; nothing else.

A subscription may filter by the attributes: kind (`slaAtRisk`, `slaBreached`, `slowState`), type,
environment. `alertId` is the same whenever the same alert is told.
"""

from typing import TYPE_CHECKING

from breakwater.platform.topic import Topic
from breakwater.workflows.sla.alert_message import AlertMessage

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient


class SnsAlerts:
    """The topic to which people subscribe."""

    def __init__(self, client: "SNSClient", *, topic_arn: str, environment: str) -> None:
        self._topic = Topic(client, topic_arn)
        self._environment = environment

    def send(self, message: AlertMessage) -> None:
        """Tell them; a refusal is raised."""
        self._topic.tell(
            message.subject,
            message.body,
            kind=message.kind.value,
            alertId=message.alert_id,
            type=message.type,
            environment=self._environment,
        )
