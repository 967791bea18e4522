"""Where the code of the functions comes from: the repository's `runtime/`, or the wheel's copy."""

from pathlib import Path

from aws_cdk import aws_lambda as lambda_

_HERE = Path(__file__).resolve().parent


def runtime_directory() -> Path:
    """The folder that becomes the Lambda asset: `_runtime` inside an installed wheel."""
    packed = _HERE / "_runtime"
    return packed if packed.is_dir() else _HERE.parents[1] / "runtime"


def runtime_code() -> lambda_.Code:
    """One asset for all functions; what running the tests leaves behind is not part of it."""
    return lambda_.Code.from_asset(
        str(runtime_directory()), exclude=["**/__pycache__", "**/*.pyc", "**/.*"]
    )
