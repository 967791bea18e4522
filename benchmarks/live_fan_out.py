"""How long a change takes from the table to one client, and to the last of many."""

import statistics
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import boto3
from websockets.sync.client import ClientConnection

from benchmarks.live_deployed import Deployed
from benchmarks.measure import Row
from breakwater.live.frames import text_of
from breakwater.live.sender import AT_ONCE, IMPATIENCE
from breakwater.live.topics import LIST
from breakwater_local.emulator import REGION

CHANGES = 60
CLIENTS = 200
ROUNDS = 7
LATENCY_BUDGET = 0.100
FAN_OUT_BUDGET = 1.5


def _received(client: ClientConnection, workflow_id: str) -> float:
    """When the client heard of this workflow."""
    while True:
        text = client.recv(timeout=30)
        if workflow_id in str(text):
            return time.perf_counter()


def one_client(deployed: Deployed) -> Row:
    """Table write → one subscriber."""
    seconds = []
    with deployed.crowd([LIST]) as [client]:
        for number in range(CHANGES + 5):
            began = time.perf_counter()
            key = deployed.write()
            took = _received(client, key) - began
            if number >= 5:  # the first are cold starts
                seconds.append(took)
            time.sleep(0.1)
    late = statistics.quantiles(seconds, n=20)[-1]
    return Row(
        what=f"a table write until a client hears of it, p95 of {CHANGES}",
        measured=f"{late * 1000:.0f} ms",
        against="the median",
        reference=f"{statistics.median(seconds) * 1000:.0f} ms",
        ratio=late / statistics.median(seconds),
        budget=f"≤ {LATENCY_BUDGET * 1000:.0f} ms",
        kept=late <= LATENCY_BUDGET,
    )


def many_clients(deployed: Deployed) -> Row:
    """The last of many subscribers, against as many bare posts, in turns."""
    ours, bare = [], []
    with deployed.crowd([LIST] * CLIENTS) as clients, ThreadPoolExecutor(CLIENTS) as pool:
        posts = _BarePosts(deployed, _connection_ids(deployed))
        for number in range(ROUNDS + 1):
            key = f"bare-{uuid.uuid4()}"
            heard = [pool.submit(_received, one, key) for one in clients]
            began = time.perf_counter()
            posts.send(text_of({"type": "bare", "key": key}))
            bare_last = max(one.result() for one in heard) - began
            heard = [pool.submit(_received, one, "custom.bench.") for one in clients]
            began = time.perf_counter()
            deployed.write()
            ours_last = max(one.result() for one in heard) - began
            if number:
                bare.append(bare_last)
                ours.append(ours_last)
    return Row(
        what=f"a table write until the last of {CLIENTS} clients hears of it",
        measured=f"{statistics.median(ours) * 1000:.0f} ms",
        against=f"{CLIENTS} bare posts, {AT_ONCE} at once",
        reference=f"{statistics.median(bare) * 1000:.0f} ms",
        ratio=statistics.median(ours) / statistics.median(bare),
        budget=f"≤ {FAN_OUT_BUDGET} ×",
        kept=statistics.median(ours) / statistics.median(bare) <= FAN_OUT_BUDGET,
    )


class _BarePosts:
    """Posts to all connections, and nothing else."""

    def __init__(self, deployed: Deployed, connections: Sequence[str]) -> None:
        self._client = boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=deployed.callback,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=IMPATIENCE,
        )
        self._connections = connections
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def send(self, text: str) -> None:
        def post(connection: str) -> None:
            self._client.post_to_connection(ConnectionId=connection, Data=text.encode())

        list(self._pool.map(post, self._connections))


def _connection_ids(deployed: Deployed) -> list[str]:
    found: list[str] = []
    pages = deployed.dynamodb.get_paginator("query").paginate(
        TableName=deployed.table,
        KeyConditionExpression="topic = :list AND begins_with(#entry, :listener)",
        ExpressionAttributeNames={"#entry": "entry"},
        ExpressionAttributeValues={":list": {"S": LIST}, ":listener": {"S": "LISTENER#"}},
    )
    for page in pages:
        found += [item["entry"]["S"].removeprefix("LISTENER#") for item in page["Items"]]
    return found
