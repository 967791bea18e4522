"""A topic of SNS that people subscribe to, filtered by attributes. Calls Publish; nothing else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient


class Topic:
    """The topic with this ARN."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def tell(self, subject: str, body: str, **attributes: str) -> None:
        """Whoever cannot be told is SNS's to retry; a refusal is raised."""
        self._client.publish(
            TopicArn=self._arn,
            Subject=subject,
            Message=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            },
        )
