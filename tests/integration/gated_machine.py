"""A state machine with a pause gate that may be acted on, deployed by somebody else's stack."""

import json
import os
import subprocess
import sys
from pathlib import Path

from breakwater_local.emulator import Emulator
from breakwater_local.powertools_layer import PARAMETER
from tests.conftest import CHECKOUT
from tests.integration.holding import Hold

NAME = "gated-orders"
PROGRAM = f"""
import json
import sys
import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from breakwater import contract
from breakwater_constructs.pause_gate import PauseGate

def held(name):
    # until the test lets it go on
    return sfn.CustomState(stack, name, state_json=json.loads(sys.argv[2]))


def is_held(name, so, otherwise):
    asked = sfn.Condition.is_present("$.held")
    return sfn.Choice(stack, name).when(asked, so).otherwise(otherwise)


app = cdk.App(outdir=sys.argv[1])
stack = cdk.Stack(app, "gated", synthesizer=cdk.CliCredentialsStackSynthesizer())
gate = PauseGate(
    stack, "Gate", retain_logs=False, embedded=True, powertools_layer_parameter={PARAMETER!r}
)
passed = gate.state("BeforeShipping")
charge = sfn.Wait(stack, "Charge", time=sfn.WaitTime.seconds_path("$.seconds")).next(passed)
ship = sfn.Wait(stack, "Ship", time=sfn.WaitTime.duration(cdk.Duration.seconds(300)))
passed.next(is_held("Held after?", held("HeldAfter"), ship))
machine = sfn.StateMachine(
    stack,
    "Machine",
    state_machine_name={NAME!r},
    definition_body=sfn.DefinitionBody.from_chainable(
        is_held("Held before?", held("HeldBefore").next(passed), charge)
    ),
)
gate.guard(machine)
cdk.Tags.of(machine).add(contract.ACTIONS_TAG, contract.ACTIONS_ALLOWED)
cdk.CfnOutput(stack, "Arn", value=machine.state_machine_arn)
app.synth()
"""


def deploy_gated_machine(aws: Emulator, assembly: Path, hold: Hold) -> str:
    """Its ARN. It waits `$.seconds`, passes its gate `BeforeShipping`, and ships; with `$.held`, it
    is held before the gate and after it instead.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join(str(CHECKOUT / one) for one in ("constructs", "runtime"))
    where = {**kept, "PYTHONPATH": path, "CDK_VALIDATION": "false", **aws.client_environment}
    program = (
        sys.executable,
        "-c",
        PROGRAM,
        str(assembly),
        json.dumps(hold.state(ResultPath="$.letGo")),
    )
    _run(where, assembly, *program)
    _run(
        where,
        assembly,
        str(CHECKOUT / ".venv/bin/node"),
        str(CHECKOUT / "node_modules/aws-cdk/bin/cdk"),
        *("deploy", "gated", "--app", str(assembly), "--require-approval", "never"),
    )
    [stack] = aws.client("cloudformation").describe_stacks(StackName="gated")["Stacks"]
    [output] = stack["Outputs"]
    return str(output["OutputValue"])


def _run(environment: dict[str, str], folder: Path, *command: str) -> None:
    path = f"{CHECKOUT / '.venv/bin'}{os.pathsep}{environment['PATH']}"
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
