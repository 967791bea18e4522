"""The constructs, built as a wheel, work in a stack that knows nothing of this repository."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

pytestmark = pytest.mark.thorough

STRANGER = """
import json, sys
sys.path[:0] = [sys.argv[1]]
import aws_cdk as cdk
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.runtime_function import RuntimeFunction

app = cdk.App(outdir=sys.argv[2])
stack = cdk.Stack(app, "stranger")
table = RequestsTable(stack, "Requests")
function = RuntimeFunction(stack, "Health", handler="health", description="Is it well?")
table.grant_remember(function)
app.synth()
"""

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
            *("--outdir", str(built), str(CHECKOUT)),
        ],
        check=True,
        capture_output=True,
    )
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(built / "unpacked")
    return built / "unpacked"


def test_it_carries_the_code_of_the_functions_and_the_contract(unpacked: Path) -> None:
    assert (unpacked / "breakwater_constructs/_runtime/breakwater/handlers/health.py").exists()
    assert (unpacked / "breakwater/contract/__init__.py").exists()
    assert not list(unpacked.rglob("*.pyc"))


def test_a_stack_elsewhere_synthesizes_with_it(unpacked: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = subprocess.run(
        [sys.executable, "-B", "-c", STRANGER, str(unpacked), str(out)],
        cwd=tmp_path,
        env={"PATH": str(Path(sys.executable).parent), "CDK_VALIDATION": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    template = json.loads((out / "stranger.template.json").read_text(encoding="utf-8"))
    assert "AWS::Lambda::Function" in {r["Type"] for r in template["Resources"].values()}
    [asset] = [path for path in out.iterdir() if path.name.startswith("asset.")]
    assert (asset / "breakwater/handlers/health.py").exists()
