"""The deployment that live updates are measured on, and clients of it."""

import contextlib
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from websockets.sync.client import ClientConnection, connect

from breakwater import contract
from breakwater.contract import Role
from breakwater.live.ticket import Ticket
from breakwater.live.ticket_store import TicketStore
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import Emulator


class Deployed:
    """What is deployed, and clients of it."""

    def __init__(self, aws: Emulator) -> None:
        self.aws = aws
        self.dynamodb = aws.client("dynamodb")
        self.table = self._physical("api", "LiveTable")
        self.index = self._physical("index", "ExecutionIndex9ACD0A80")
        function = self.function("LiveClientsFunction")
        configuration = aws.client("lambda").get_function_configuration(FunctionName=function)
        variables = configuration["Environment"]["Variables"]
        self.callback = str(variables[contract.LIVE_CALLBACK_VARIABLE])
        self.url = self.callback.replace("http://127.0.0.1", "ws://localhost")
        self._tickets = TicketStore(self.dynamodb, self.table)

    def function(self, logical: str) -> str:
        """The name of a function of the api stack."""
        return self._physical("api", logical)

    def _physical(self, part: str, logical: str) -> str:
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=contract.stack_name(ENVIRONMENT, part)):
            for resource in page["StackResourceSummaries"]:
                if resource["LogicalResourceId"].startswith(logical):
                    kind = resource["ResourceType"]
                    if kind in ("AWS::DynamoDB::Table", "AWS::Lambda::Function"):
                        return str(resource["PhysicalResourceId"])
        raise LookupError(logical)

    def connected(self, *topics: str) -> ClientConnection:
        """A client that has been told that it is subscribed."""
        ends = time.time() + 3600
        ticket = Ticket(
            subject="a",
            name="a",
            roles=frozenset({Role.VIEWER}),
            signed_in_until=ends,
            expires_at=ends,
        )
        secret = self._tickets.give(ticket)
        client = connect(
            f"{self.url}?ticket={secret}",
            open_timeout=60,
            close_timeout=1,
            ping_interval=None,
            proxy=None,
        )
        wanted = [{"topic": topic} for topic in topics]
        client.send(json.dumps({"action": "subscribe", "topics": wanted}))
        waiting = set(topics)
        while waiting:  # a change may come before
            said = json.loads(client.recv(timeout=60))
            if said["type"] == "subscribed":
                waiting.remove(said["topic"])
        return client

    @contextlib.contextmanager
    def crowd(self, topics: Sequence[str]) -> Iterator[list[ClientConnection]]:
        """A client for each of these, opened a few at a time."""
        with ThreadPoolExecutor(8) as pool:
            clients = list(pool.map(self.connected, topics))
        try:
            yield clients
        finally:
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(lambda one: one.close(), clients))

    def write(self) -> str:
        """A row of an execution that has just begun."""
        key = f"custom.bench.{uuid.uuid4()}"
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        row = {"executionArn": key, "executionName": "b", "status": "RUNNING", "startDate": now}
        self.dynamodb.put_item(
            TableName=self.index, Item={name: {"S": text} for name, text in row.items()}
        )
        return key
