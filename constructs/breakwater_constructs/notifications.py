"""The two topics by which Breakwater speaks to people."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


class Notifications(Construct):
    """`messages` tells what happens in a run; `alarms` tells that Breakwater itself is unwell.

    They are apart because different people are woken by them. Both accept TLS only. Each address
    given is subscribed by e-mail; AWS asks it to confirm once, and `make verify` says who has not.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        notification_email: str | None = None,
        alarm_email: str | None = None,
        embedded: bool = False,
    ) -> None:
        """
        :param notification_email: who hears of runs: started, paused, failed, completed.
        :param alarm_email: who hears of alarms.
        :param embedded: for the embedded AWS, which has no TLS to ask for.
        """
        super().__init__(scope, id)
        self._enforce_ssl = not embedded
        self.messages = self._topic("Messages", "Breakwater", notification_email)
        self.alarms = self._topic("Alarms", "Breakwater alarms", alarm_email)
        self.alarms.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.alarms.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.alarms.stack.account}},
            )
        )

    def grant_tell(self, grantee: iam.IGrantable) -> iam.Grant:
        """May send a message about a run."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["sns:Publish"], resource_arns=[self.messages.topic_arn]
        )

    def raise_on(self, alarm: cloudwatch.Alarm) -> None:
        """Tell the alarm topic when this alarm goes off, and when it is over."""
        action = cloudwatch_actions.SnsAction(self.alarms)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)

    def _topic(self, id: str, display_name: str, email: str | None) -> sns.Topic:
        topic = sns.Topic(self, id, display_name=display_name, enforce_ssl=self._enforce_ssl)
        if not self._enforce_ssl:
            cdk.Validations.of(topic).acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-SNS3",
                    reason="The embedded AWS listens on loopback only, without TLS: a topic that "
                    "asks for it takes no message there.",
                )
            )
        if email:
            topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic
