"""`make portal`, and the last step of `make deploy`: python -m breakwater_local.portal.

Exit status: 0 done, 1 a problem that the message explains.
"""

import argparse
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from breakwater_local.place import Place
from breakwater_local.portal.build import build, check
from breakwater_local.portal.destination import destination
from breakwater_local.problem import Problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the page; with an environment, bring it there too."""
    parser = argparse.ArgumentParser(prog="python -m breakwater_local.portal", description=__doc__)
    parser.add_argument("--environment", help="upload it there: local, dev, test, prod")
    parser.add_argument("--check", action="store_true", help="its types and tests; no more")
    parser.add_argument(
        "--changed-only", action="store_true", help="with --check: not if they passed as it is"
    )
    options = parser.parse_args(arguments)
    try:
        if options.check:
            check(Place().state / "portal.log", changed_only=options.changed_only)
            return 0
        built = build(Place().state / "portal.log")
        if options.environment is None:
            print(f"The page is in {built}")
            return 0
        there = destination(options.environment, Place())
        there.bring(built)
        print(f"Portal: {there.address}")
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


if __name__ == "__main__":
    sys.exit(main())
