"""Publishes the installed Powertools as a layer, as AWS publishes it, under a name of our own."""

import io
import zipfile
from pathlib import Path

import aws_lambda_powertools

from breakwater_local.emulator import Emulator

# The same path as in stacks/environments.py (a test compares them); SSM keeps /aws/ for itself.
PARAMETER = "/breakwater/local/powertools-layer"
LAYER = "powertools"


def publish_powertools_layer(emulator: Emulator) -> None:
    """Publish it once; its ARN stands in the parameter that the templates read."""
    ssm = emulator.client("ssm")
    if ssm.get_parameters(Names=[PARAMETER])["Parameters"]:
        return
    version = emulator.client("lambda").publish_layer_version(
        LayerName=LAYER, Content={"ZipFile": _zipped()}
    )
    ssm.put_parameter(Name=PARAMETER, Value=version["LayerVersionArn"], Type="String")


def _zipped() -> bytes:
    package = Path(aws_lambda_powertools.__file__).parent
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*.py")):
            archive.write(path, Path("python") / path.relative_to(package.parent))
    return content.getvalue()
