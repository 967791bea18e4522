"""A state machine with a pause gate that may be acted on, deployed by somebody else's stack."""

import os
import subprocess
import sys
from pathlib import Path

from breakwater_local.emulator import Emulator
from breakwater_local.powertools_layer import PARAMETER
from tests.conftest import CHECKOUT

NAME = "gated-orders"
PROGRAM = f"""
import sys
import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from breakwater import contract
from breakwater_constructs.pause_gate import PauseGate

app = cdk.App(outdir=sys.argv[1])
stack = cdk.Stack(app, "gated", synthesizer=cdk.CliCredentialsStackSynthesizer())
gate = PauseGate(
    stack, "Gate", retain_logs=False, embedded=True, powertools_layer_parameter={PARAMETER!r}
)
wait = sfn.Wait(stack, "Charge", time=sfn.WaitTime.seconds_path("$.seconds"))
ship = sfn.Wait(stack, "Ship", time=sfn.WaitTime.duration(cdk.Duration.seconds(300)))
machine = sfn.StateMachine(
    stack,
    "Machine",
    state_machine_name={NAME!r},
    definition_body=sfn.DefinitionBody.from_chainable(
        wait.next(gate.state("BeforeShipping")).next(ship)
    ),
)
gate.guard(machine)
cdk.Tags.of(machine).add(contract.ACTIONS_TAG, contract.ACTIONS_ALLOWED)
cdk.CfnOutput(stack, "Arn", value=machine.state_machine_arn)
app.synth()
"""


def deploy_gated_machine(aws: Emulator, assembly: Path) -> str:
    """Its ARN. It waits `$.seconds`, passes its gate `BeforeShipping`, and ships."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join(str(CHECKOUT / one) for one in ("constructs", "runtime"))
    where = {**kept, "PYTHONPATH": path, "CDK_VALIDATION": "false", **aws.client_environment}
    _run(where, assembly, sys.executable, "-c", PROGRAM, str(assembly))
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
