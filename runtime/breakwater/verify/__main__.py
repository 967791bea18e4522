"""`make verify ENV=dev`: look at a deployment from outside, say what is not well and what to do.

Exit status: 0 well (warnings included), 1 something is not well, 2 it could not be looked at.
"""

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import asdict

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.verify.judge import Finding, Verdict
from breakwater.verify.observe import observe

_SIGNS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.PROBLEM: "✗"}
_COLOURS = {Verdict.OK: "32", Verdict.WARNING: "33", Verdict.PROBLEM: "31"}


def main(arguments: list[str] | None = None) -> int:
    """Print each finding as it is made, then a summary."""
    parser = argparse.ArgumentParser(prog="python -m breakwater.verify", description=__doc__)
    parser.add_argument("--environment", required=True, help="which deployment: dev, test, prod")
    parser.add_argument("--json", action="store_true", help="one JSON object per finding")
    options = parser.parse_args(arguments)

    counts: Counter[Verdict] = Counter()
    try:
        for finding in observe(
            boto3.Session(region_name=os.environ.get("AWS_REGION")), options.environment
        ):
            counts[finding.verdict] += 1
            print(json.dumps(asdict(finding)) if options.json else _line(finding), flush=True)
    except (BotoCoreError, ClientError) as error:
        print(
            f"verify: AWS could not be asked: {error}\n"
            "Set AWS_REGION, sign in (`aws sso login`, or AWS_PROFILE), and try again. For the "
            "embedded AWS: `make up`, then `make verify ENV=local`.",
            file=sys.stderr,
        )
        return 2
    if not options.json:
        print(
            f"{counts[Verdict.OK]} well, {counts[Verdict.WARNING]} to look at, "
            f"{counts[Verdict.PROBLEM]} not well."
        )
    return 1 if counts[Verdict.PROBLEM] else 0


def _line(finding: Finding) -> str:
    sign = _SIGNS[finding.verdict]
    if sys.stdout.isatty():
        sign = f"\033[{_COLOURS[finding.verdict]}m{sign}\033[0m"
    line = f"{sign} {finding.subject}: {finding.seen}"
    return f"{line}\n    → {finding.remedy}" if finding.remedy else line


if __name__ == "__main__":
    sys.exit(main())
