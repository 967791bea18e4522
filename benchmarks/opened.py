"""From the click on a row of the list to the workflow's steps, in Chromium on the embedded AWS.

Beside it, in turns: an empty function behind a route of the same API, called by the same page.
"""

import json
import subprocess
import time
from typing import Any

from benchmarks.empty_function import empty_function
from benchmarks.measure import CHECKOUT, Pair
from breakwater import contract
from breakwater_local.bring_up import api_outputs
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import Site
from breakwater_local.operations import Operations
from breakwater_local.sample_people import PEOPLE

TURNS = 7
STATES = 12
TYPE = "opened"
PATIENCE_SECONDS = 60


def opened(aws: Emulator) -> Pair:
    """Each turn opens an execution that nobody has looked at before."""
    outputs = api_outputs(aws)
    site = Site(aws, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
    [person] = [person for person in PEOPLE if person.role is contract.Role.VIEWER]
    viewer = Operations(site, outputs[contract.API_URL_OUTPUT], person)
    _empty_route(aws, outputs[contract.API_URL_OUTPUT])
    settings = {
        "address": outputs[contract.PORTAL_URL_OUTPUT],
        "type": TYPE,
        "ids": _ended(aws, viewer),
    }
    said = subprocess.run(
        [
            str(CHECKOUT / ".venv/bin/node"),
            *("--no-warnings", str(CHECKOUT / "portal/browser/opened.mjs"), json.dumps(settings)),
        ],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(said.stdout)
    # The first turn opens connections, and starts what answers.
    steps, empty = ([value / 1000 for value in told[name][1:]] for name in ("steps", "empty"))
    return Pair(steps, empty)


def _empty_route(aws: Emulator, ours: str) -> None:
    """`GET /empty` of the portal's own API, for whoever is signed in."""
    theirs = empty_function(aws)
    gateway = aws.client("apigatewayv2")
    by_id = [api["ApiId"] for api in gateway.get_apis()["Items"]]
    [own] = [one for one in by_id if one in ours]
    [other] = [one for one in by_id if one in theirs]
    [known] = gateway.get_integrations(ApiId=other)["Items"]
    made = gateway.create_integration(
        ApiId=own,
        IntegrationType="AWS_PROXY",
        IntegrationUri=known["IntegrationUri"],
        PayloadFormatVersion="2.0",
    )
    [authorizer] = gateway.get_authorizers(ApiId=own)["Items"]
    gateway.create_route(
        ApiId=own,
        RouteKey="GET /empty",
        AuthorizationType="JWT",
        AuthorizerId=authorizer["AuthorizerId"],
        Target=f"integrations/{made['IntegrationId']}",
    )


def _ended(aws: Emulator, viewer: Operations) -> list[str]:
    """Ids of executions of a machine of STATES states, once the index knows that they ended."""
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
    states = {
        f"Step {at}": {"Type": "Pass", **({"Next": f"Step {at + 1}"} if at < STATES else {})}
        for at in range(1, STATES)
    }
    states[f"Step {STATES}"] = {"Type": "Succeed"}
    role = aws.client("iam").create_role(RoleName=TYPE, AssumeRolePolicyDocument=json.dumps(trust))
    functions = aws.client("stepfunctions")
    machine = functions.create_state_machine(
        name=TYPE,
        definition=json.dumps({"StartAt": "Step 1", "States": states}),
        roleArn=role["Role"]["Arn"],
    )
    for at in range(TURNS + 1):
        functions.start_execution(stateMachineArn=machine["stateMachineArn"], name=f"turn-{at}")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        asked = {"status": "COMPLETED", "endedFrom": "24h", "type": TYPE}
        items: list[dict[str, Any]] = viewer.get("/workflows", **asked)["items"]
        if len(items) == TURNS + 1:
            return [str(item["id"]) for item in items]
        assert time.monotonic() < deadline, f"the index knows of {len(items)} executions"
        time.sleep(0.5)
