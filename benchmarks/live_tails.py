"""How often histories are read while many clients watch several executions."""

import contextlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.live_deployed import Deployed
from benchmarks.measure import Row
from breakwater.live.topics import id_of_execution, topic_of
from breakwater_local.emulator import ACCOUNT

CLIENTS, WATCHED = 200, 20
SECONDS_WATCHED = 30.0
CALLS_BUDGET = 10


def calls_for_histories(deployed: Deployed) -> Row:
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
def _counted(deployed: Deployed, function: str) -> Iterator[list[float]]:
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


def _role(deployed: Deployed) -> str:
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
