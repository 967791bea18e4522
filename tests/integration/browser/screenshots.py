"""`make screenshots`: pictures of the portal's pages, light and dark, from what `make up` serves.

It needs a running `make up` and a Chromium (CHROMIUM_PATH). What the pictures show is made first:
a drill that completed, an execution that failed, and a drill that runs; it is cancelled afterwards.
"""

import json
import os
import subprocess
import sys

from breakwater import contract
from breakwater_local import emulator
from breakwater_local.bring_up import api_outputs
from breakwater_local.drill.plan import plan_id
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import Site
from breakwater_local.operations import Operations
from breakwater_local.place import CHECKOUT, Place
from breakwater_local.progress import Step
from breakwater_local.sample_people import PEOPLE
from tests.integration.browser.looked_at import completed_run, failed_execution, running_drill

FOLDER = CHECKOUT / "docs" / "screenshots"


def main() -> int:
    """Make what is looked at, and the pictures."""
    aws = emulator.find(Place())
    if aws is None:
        print("Nothing is running here to take pictures of: make up", file=sys.stderr)
        return 1
    outputs = api_outputs(aws)
    commander = _commander(aws, outputs)
    with Step("Running a drill and a workflow that fails"):
        plan = plan_id(None, commander, aws)
        run = completed_run(commander, plan)
        failed = failed_execution(aws, commander)
        running = running_drill(commander, plan)
    settings = {
        "address": outputs[contract.PORTAL_URL_OUTPUT],
        "planId": plan,
        "run": run,
        "failed": failed,
        "folder": str(FOLDER),
    }
    with Step("Taking pictures"):
        told = subprocess.run(
            [
                str(CHECKOUT / ".venv/bin/node"),
                str(CHECKOUT / "portal/browser/screenshots.mjs"),
                json.dumps(settings),
            ],
            env=os.environ,
            check=False,
        )
    commander.post(f"/executions/{running}/cancel", {"reason": "Seen enough", "cleanup": True})
    print(f"They are in {FOLDER.relative_to(CHECKOUT)}")
    return told.returncode


def _commander(aws: Emulator, outputs: dict[str, str]) -> Operations:
    [person] = [person for person in PEOPLE if person.role is contract.Role.COMMANDER]
    site = Site(aws, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
    return Operations(site, outputs[contract.API_URL_OUTPUT], person)


if __name__ == "__main__":
    sys.exit(main())
