"""`ExecutionIndex` alone: from a wheel, in a clean environment, in a stack of a stranger."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakwater.index.deployed import index_in
from breakwater.index.pager import Pager
from breakwater_local.emulator import Emulator
from breakwater_local.powertools_layer import PARAMETER
from tests.conftest import CHECKOUT
from tests.integration.index.conftest import role_of_machines
from tests.integration.waiting import until

EXAMPLE = CHECKOUT / "docs" / "examples" / "executions_alone.py"
# The embedded AWS has no certificates, no public parameters, and no role that may publish assets.
DEPLOYABLE = f"""
import sys
import aws_cdk as cdk
from breakwater_constructs.execution_index import ExecutionIndex

app = cdk.App(outdir=sys.argv[1])
stack = cdk.Stack(app, "stranger", synthesizer=cdk.CliCredentialsStackSynthesizer())
ExecutionIndex(
    stack,
    "Executions",
    retain=False,
    deletion_protection=False,
    retain_logs=False,
    require_tls=False,
    powertools_layer_parameter={PARAMETER!r},
)
app.synth()
"""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, what the wheel asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    uv = [sys.executable, "-m", "uv"]
    for command in (
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            ".",
            str(CHECKOUT),
        ],
        [*uv, "venv", "-q", "--python", sys.executable, "clean"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    subprocess.run(
        [
            *(*uv, "pip", "install", "-q", "--python", "clean/bin/python", str(wheel)),
            *("--constraint", str(CHECKOUT / "requirements.txt")),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


def synthesize(clean: Path, program: list[str], **environment: str) -> None:
    ended = subprocess.run(
        [str(clean / "clean" / "bin" / "python"), *program],
        cwd=clean,
        # node, for jsii; no PYTHONPATH: nothing of this checkout is found
        env={"PATH": str(CHECKOUT / ".venv" / "bin"), "CDK_VALIDATION": "false", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_the_environment_is_clean(clean: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "list", "--python", "clean/bin/python"],
        cwd=clean,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "breakwater-constructs" in listed
    assert "aws-cdk-lib" in listed
    assert "boto3" not in listed


def test_the_example_of_the_documents_synthesizes(clean: Path) -> None:
    synthesize(clean, [str(EXAMPLE)], CDK_OUTDIR=str(clean / "example"))
    template = json.loads((clean / "example/orders.template.json").read_text(encoding="utf-8"))
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    assert kinds.count("AWS::DynamoDB::Table") == 1
    assert kinds.count("AWS::SQS::Queue") == 2
    assert kinds.count("AWS::Events::Rule") == 3  # status changes, gates, the sweep
    assert kinds.count("AWS::CloudWatch::Alarm") == 2
    assert kinds.count("AWS::Lambda::Function") == 4  # three of the index, one of the stranger


@pytest.fixture(scope="module")
def deployed(clean: Path, aws: Emulator) -> Iterator[Any]:
    assembly = clean / "assembly"
    synthesize(clean, ["-c", DEPLOYABLE, str(assembly)])
    cdk = [
        str(CHECKOUT / ".venv/bin/node"),
        str(CHECKOUT / "node_modules/aws-cdk/bin/cdk"),
        *("deploy", "stranger", "--app", str(assembly), "--require-approval", "never"),
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ended = subprocess.run(
        cdk,
        cwd=clean,
        env={**kept, **aws.client_environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    yield index_in(aws.client("cloudformation"), "stranger")
    aws.client("cloudformation").delete_stack(StackName="stranger")


def test_deployed_alone_it_indexes(deployed: Any, aws: Emulator) -> None:
    states = aws.client("stepfunctions")
    machine = states.create_state_machine(
        name="of-a-stranger",
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
        roleArn=role_of_machines(aws, "of-a-stranger"),
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    pager = Pager(aws.client("dynamodb"), deployed.table)
    row = until(lambda: (found := pager.get(arn)) and found["status"] == "SUCCEEDED" and found)
    assert row["agentName"] == "of-a-stranger"
