"""What functions of live updates are made of: from their environment, each when it is asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

import boto3

from breakwater import contract
from breakwater.index.dead_letters import DeadLetterQueue
from breakwater.live.change_bus import ChangeBus
from breakwater.live.publisher import Publisher
from breakwater.live.second_call import SecondCall
from breakwater.live.sender import IMPATIENCE, Sender
from breakwater.live.subscriptions import Subscriptions
from breakwater.live.tail_start import TailStart
from breakwater.live.tails import Tails
from breakwater.live.topic_log import TopicLog
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient


class LiveAssembly:
    """Parts that share one client and one table."""

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """Asked by everything here."""
        return boto3.client("dynamodb", config=PATIENCE)

    @cached_property
    def table(self) -> str:
        """Of tickets, listeners and frames."""
        return setting(contract.LIVE.variable)

    @cached_property
    def log(self) -> TopicLog:
        """The frames of topics."""
        return TopicLog(self.dynamodb, self.table)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Who listens to what."""
        return Subscriptions(self.dynamodb, self.table)

    @cached_property
    def tails(self) -> Tails:
        """Which executions are read."""
        return Tails(self.dynamodb, self.table, clock=clock.now)

    @cached_property
    def sender(self) -> Sender:
        """To sockets."""
        return Sender(
            boto3.client(
                "apigatewaymanagementapi",
                endpoint_url=setting(contract.LIVE_CALLBACK_VARIABLE),
                config=IMPATIENCE,
            )
        )

    @cached_property
    def publisher(self) -> Publisher:
        """To all who listen."""
        again = SecondCall(self.lambda_, setting(contract.LIVE_AGAIN_VARIABLE))
        return Publisher(self.log, self.subscriptions, self.sender, again)

    @cached_property
    def lambda_(self) -> "LambdaClient":
        """Calls other functions."""
        return when_used(lambda: boto3.client("lambda", config=PATIENCE))

    @cached_property
    def tail_start(self) -> TailStart:
        """Starts the loop that reads histories."""
        return TailStart(self.lambda_, setting(contract.LIVE_TAIL_VARIABLE), self.tails)

    @cached_property
    def bus(self) -> ChangeBus:
        """To other systems."""
        events = boto3.client("events", config=PATIENCE)
        return ChangeBus(events, setting(contract.LIVE_BUS_VARIABLE))

    @cached_property
    def dead_letters(self) -> DeadLetterQueue:
        """Where what could not be told is laid aside."""
        client = when_used(lambda: boto3.client("sqs", config=PATIENCE))
        queue = setting(contract.LIVE_DEAD_LETTERS_VARIABLE)
        return DeadLetterQueue(client, queue, clock.now)
