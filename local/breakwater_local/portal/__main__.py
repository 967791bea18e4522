"""`make portal`, and the last step of `make deploy`: python -m breakwater_local.portal.

Exit status: 0 done, 1 a problem that the message explains.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from breakwater import contract
from breakwater_local.place import Place
from breakwater_local.portal.build import build, check
from breakwater_local.portal.configuration import configuration
from breakwater_local.portal.upload import upload
from breakwater_local.problem import Problem
from breakwater_local.progress import Step


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the page; with an environment, bring it there too."""
    parser = argparse.ArgumentParser(prog="python -m breakwater_local.portal", description=__doc__)
    parser.add_argument("--environment", help="upload it there: dev, test, prod")
    parser.add_argument("--check", action="store_true", help="its types and tests; no more")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            check(Place().state / "portal.log")
            return 0
        built = build(Place().state / "portal.log")
        if options.environment is None:
            print(f"The page is in {built}")
            return 0
        session = boto3.Session()
        outputs = _outputs(session, options.environment)
        config = configuration(
            outputs, environment=options.environment, region=str(session.region_name)
        )
        with Step("Uploading the portal") as step:
            sent = upload(session.client("s3"), outputs[contract.PAGE_BUCKET_OUTPUT], built, config)
            step.ends(f"{sent} files")
        print(f"Portal: {outputs[contract.PORTAL_URL_OUTPUT]}")
    except Problem as problem:
        print(f"\nbreakwater: {problem}", file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(
            f"\nbreakwater: AWS refused: {error}\n  → Sign in, set AWS_REGION, and run it again: "
            "what was uploaded stays.",
            file=sys.stderr,
        )
        return 1
    return 0


def _outputs(session: boto3.Session, environment: str) -> Mapping[str, str]:
    name = contract.stack_name(environment, "api")
    described = session.client("cloudformation").describe_stacks(StackName=name)
    [stack] = described["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


if __name__ == "__main__":
    sys.exit(main())
