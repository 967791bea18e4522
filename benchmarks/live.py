"""Live updates on an embedded AWS of its own, deployed whole, with IAM enforced.

How long a change takes from the table to a client; how long the last of 200 clients waits, against
200 bare posts in the same run; how often histories are read while 200 clients watch 20 executions;
and what runs while nobody watches.
"""

import contextlib
import http.client
import itertools
import json
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
from websockets.sync.client import ClientConnection, connect

from benchmarks.measure import Row
from breakwater import contract
from breakwater.contract import Role
from breakwater.live.frames import text_of
from breakwater.live.sender import AT_ONCE, IMPATIENCE
from breakwater.live.ticket import Ticket
from breakwater.live.ticket_store import TicketStore
from breakwater.live.topics import LIST, id_of_execution, topic_of
from breakwater_local import deployment, emulator
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.drs import process as drs
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place

CHANGES = 60
CLIENTS, WATCHED = 200, 20
ROUNDS = 7
SECONDS_WATCHED = 30.0
QUIET_SECONDS = 30.0
LATENCY_BUDGET = 0.100
FAN_OUT_BUDGET = 1.5
CALLS_BUDGET = 10


def rows() -> Iterator[Row]:
    """Everything on one deployment."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            with exclusive(place.lock) as lock:
                aws = emulator.start(place, lock)
                simulator = drs.start(
                    place, lock, aws_endpoint=aws.endpoint, speed=emulator.TIME_SCALE
                )
                deployment.deploy(place, aws, simulator, lock)
            deployed = _Deployed(aws)
            yield _one_client(deployed)
            yield _many_clients(deployed)
            yield _tails(deployed)
            yield _nobody(deployed)
        finally:
            drs.stop(place)
            emulator.stop(place)


class _Deployed:
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


def _received(client: ClientConnection, workflow_id: str) -> float:
    """When the client heard of this workflow."""
    while True:
        text = client.recv(timeout=30)
        if workflow_id in str(text):
            return time.perf_counter()


def _one_client(deployed: _Deployed) -> Row:
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


def _many_clients(deployed: _Deployed) -> Row:
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

    def __init__(self, deployed: _Deployed, connections: Sequence[str]) -> None:
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


def _connection_ids(deployed: _Deployed) -> list[str]:
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


def _tails(deployed: _Deployed) -> Row:
    """How many calls a second many clients on several executions cause, in the busiest second."""
    states = deployed.aws.client("stepfunctions")
    machine = states.create_state_machine(
        name="bench-watched", definition=json.dumps(_steps()), roleArn=_role(deployed)
    )["stateMachineArn"]
    arns = [
        str(states.start_execution(stateMachineArn=machine, input="{}")["executionArn"])
        for _ in range(WATCHED)
    ]
    topics = [topic_of(id_of_execution(arns[number % WATCHED])) for number in range(CLIENTS)]
    function = deployed.function("LiveTailFunction")
    with _counted(deployed, function) as calls, deployed.crowd(topics):
        time.sleep(SECONDS_WATCHED)
        busiest = _busiest(calls)
    for arn in arns:
        with contextlib.suppress(Exception):
            states.stop_execution(executionArn=arn)
    return Row(
        what=f"histories read in the busiest second, {CLIENTS} clients on {WATCHED} executions",
        measured=f"{busiest} calls",
        against="half of the quota",
        reference=f"{CALLS_BUDGET} calls",
        ratio=busiest / CALLS_BUDGET,
        budget=f"≤ {CALLS_BUDGET} calls",
        kept=0 < busiest <= CALLS_BUDGET,
    )


def _busiest(moments: Sequence[float]) -> int:
    """The most calls within any one second."""
    ordered = sorted(moments)
    return max(
        (
            sum(1 for at in ordered[first:] if at < began + 1.0)
            for first, began in enumerate(ordered)
        ),
        default=0,
    )


@contextlib.contextmanager
def _counted(deployed: _Deployed, function: str) -> Iterator[list[float]]:
    """While it lasts, this function asks Step Functions through us: when it asked for a history."""
    moments: list[float] = []

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if "GetExecutionHistory" in self.headers.get("X-Amz-Target", ""):
                moments.append(time.time())
            onward = http.client.HTTPConnection("127.0.0.1", deployed.aws.port, timeout=60)
            onward.request("POST", self.path, body, dict(self.headers.items()))
            answer = onward.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            onward.close()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lambda_ = deployed.aws.client("lambda")
    before = lambda_.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    here = f"http://127.0.0.1:{server.server_address[1]}"
    lambda_.update_function_configuration(
        FunctionName=function, Environment={"Variables": {**before, "AWS_ENDPOINT_URL_SFN": here}}
    )
    try:
        yield moments
    finally:
        lambda_.update_function_configuration(
            FunctionName=function, Environment={"Variables": before}
        )
        server.shutdown()


def _steps() -> dict[str, Any]:
    """Something happens every few seconds, there."""
    names = [f"Wait{number}" for number in range(20)]
    states: dict[str, Any] = {
        name: {"Type": "Wait", "Seconds": 180, "Next": following}
        for name, following in itertools.pairwise([*names, "End"])
    }
    return {"StartAt": names[0], "States": {**states, "End": {"Type": "Succeed"}}}


def _role(deployed: _Deployed) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "states.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    deployed.aws.client("iam").create_role(
        RoleName="bench-watched", AssumeRolePolicyDocument=json.dumps(trust)
    )
    return f"arn:aws:iam::{ACCOUNT}:role/bench-watched"


def _nobody(deployed: _Deployed) -> Row:
    """What runs when everybody has gone."""
    functions = [
        deployed.function(f"Live{name}Function")
        for name in ("Authorizer", "Clients", "Changes", "Tail")
    ]
    deadline = time.time() + 60
    while _left(deployed) and time.time() < deadline:
        time.sleep(1.0)
    before = _invocations(deployed, functions)
    time.sleep(QUIET_SECONDS)
    ran = _invocations(deployed, functions) - before
    return Row(
        what=f"functions called in {QUIET_SECONDS:.0f} s in which nobody watches",
        measured=f"{ran:.0f}",
        against="executions still read",
        reference=f"{_left(deployed)}",
        ratio=None,
        budget="0",
        kept=ran == 0 and not _left(deployed),
    )


def _left(deployed: _Deployed) -> int:
    """Leases of tailers."""
    found = deployed.dynamodb.query(
        TableName=deployed.table,
        KeyConditionExpression="topic = :tails",
        ExpressionAttributeValues={":tails": {"S": "tails"}},
    )
    return len(found["Items"])


def _invocations(deployed: _Deployed, functions: Sequence[str]) -> float:
    """How often these were called so far."""
    now = datetime.now(UTC)
    total = 0.0
    for function in functions:
        told = deployed.aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Invocations",
            Dimensions=[{"Name": "FunctionName", "Value": function}],
            StartTime=now - timedelta(hours=2),
            EndTime=now + timedelta(minutes=5),
            Period=3600 * 3,
            Statistics=["Sum"],
        )
        total += sum(point["Sum"] for point in told["Datapoints"])
    return total
