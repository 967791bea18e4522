"""Where the page is brought to: an environment on AWS, or the embedded AWS that runs here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from breakwater import contract
from breakwater_local import emulator
from breakwater_local.deployment import ENVIRONMENT, stack_outputs
from breakwater_local.emulator import Emulator
from breakwater_local.place import Place
from breakwater_local.portal.configuration import configuration
from breakwater_local.portal.upload import upload
from breakwater_local.problem import Problem
from breakwater_local.progress import Step


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A bucket that serves a page, and what the page there is told."""

    s3: Any
    bucket: str
    address: str
    config: Mapping[str, str]

    def bring(self, built: Path) -> None:
        """Upload what is not there yet."""
        with Step("Uploading the portal") as step:
            step.ends(f"{upload(self.s3, self.bucket, built, self.config)} files")


def destination(environment: str, place: Place) -> Destination:
    """By its name; a Problem where nothing is deployed."""
    if environment != ENVIRONMENT:
        return _on_aws(environment)
    running = emulator.find(place)
    if running is None:
        raise Problem("Nothing is running here that could serve the page.", "Start it: make up")
    return on_embedded_aws(running)


def on_embedded_aws(running: Emulator) -> Destination:
    """Sign-in is at the embedded AWS itself, by the name that browsers trust."""
    return _destination(
        running.client("s3"),
        stack_outputs(running, contract.stack_name(ENVIRONMENT, "api")),
        environment=ENVIRONMENT,
        region=emulator.REGION,
        sign_in=f"http://localhost:{running.port}",
    )


def _on_aws(environment: str) -> Destination:
    session = boto3.Session()
    name = contract.stack_name(environment, "api")
    [stack] = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return _destination(
        session.client("s3"),
        {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])},
        environment=environment,
        region=str(session.region_name),
    )


def _destination(
    s3: Any,
    outputs: Mapping[str, str],
    *,
    environment: str,
    region: str,
    sign_in: str | None = None,
) -> Destination:
    if contract.PAGE_BUCKET_OUTPUT not in outputs:
        remedy = "make up" if environment == ENVIRONMENT else f"make deploy ENV={environment}"
        raise Problem(f"The API of {environment} is not deployed.", f"Deploy it: {remedy}")
    return Destination(
        s3=s3,
        bucket=outputs[contract.PAGE_BUCKET_OUTPUT],
        address=outputs[contract.PORTAL_URL_OUTPUT],
        config=configuration(outputs, environment=environment, region=region, sign_in=sign_in),
    )
