"""How bulks come to whoever works on them."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from breakwater import contract
from breakwater_constructs.patient_queue import patient_queue
from breakwater_constructs.runtime_function import RuntimeFunction

WORKER_LIVES = cdk.Duration.seconds(120)
"""The worker's timeout; workflows.bulk.bulk says the same."""

_COMES_AGAIN = cdk.Duration.seconds(180)
"""Later than a dead worker's lease ends, so that the next finds it free."""

_LOOKED_AFTER_EVERY = cdk.Duration.minutes(5)
_RECEIVES = 5
_AT_ONCE = 2  # the least that Lambda takes; all together they act on so many a second anyway


class BulkQueue(Construct):
    """A message means: somebody shall work on this bulk. It comes again until it was worked on, and
    whoever worked and is not done sends the next. What nobody could work on is laid aside in
    `dead_letters`. Every five minutes the worker is called without a message, to look for bulks
    that nobody works on, and to wake them up.
    """

    def __init__(self, scope: Construct, id: str, *, require_tls: bool = True) -> None:
        """
        :param require_tls: the queues refuse calls without TLS; only the embedded AWS, which has
            no certificates, needs it off.
        """
        super().__init__(scope, id)
        self.dead_letters = patient_queue(self, "DeadLetters", require_tls=require_tls)
        self.queue = patient_queue(
            self,
            "Queue",
            require_tls=require_tls,
            visibility_timeout=_COMES_AGAIN,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=_RECEIVES
            ),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variable by which a function finds the queue: merge it into its environment."""
        return {contract.BULK_QUEUE_VARIABLE: self.queue.queue_url}

    def grant_wake(self, grantee: iam.IGrantable) -> iam.Grant:
        """May have somebody work on a bulk."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[self.queue.queue_arn]
        )

    def bring_to(self, worker: RuntimeFunction) -> None:
        """This function works on bulks, one message at a time; it may hand over to the next."""
        self.queue.grant_consume_messages(worker)
        self.grant_wake(worker)
        lambda_.EventSourceMapping(
            worker,  # its stack may depend on the queue's, never the other way round
            "FromBulkQueue",
            target=worker.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            max_concurrency=_AT_ONCE,
        )
        events.Rule(
            worker,
            "Sweep",
            description="Looks after bulks that nobody works on",
            schedule=events.Schedule.rate(_LOOKED_AFTER_EVERY),
            targets=[targets.LambdaFunction(worker.function, retry_attempts=0)],
        )

    def metric_dead_letters(self) -> cloudwatch.Metric:
        """Bulks that nobody could work on."""
        return self.dead_letters.metric_approximate_number_of_messages_visible(
            statistic="Sum", period=cdk.Duration.minutes(5)
        )
