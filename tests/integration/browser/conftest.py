"""The portal as it is served, a Chromium, and workflows to look at."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from breakwater import contract
from breakwater_local.drill.plan import plan_id
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import Site
from breakwater_local.operations import Operations
from breakwater_local.place import Place
from breakwater_local.portal.build import build
from breakwater_local.portal.destination import on_embedded_aws
from breakwater_local.sample_people import PEOPLE, invite_sample_people
from tests.integration.browser.looked_at import failed_execution
from tests.integration.browser.storyteller import Storyteller
from tests.integration.deployed import api_outputs

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
Story = Callable[..., None]


@pytest.fixture(scope="session")
def chromium() -> str:
    """A Chromium; Debian's package is installed where that may be done."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        return named
    if not any(Path(path).exists() for path in CHROMIUM) and os.geteuid() == 0:
        apt = shutil.which("apt-get")
        if apt is not None:
            quiet = partial(subprocess.run, check=False, capture_output=True)
            quiet([apt, "update"])
            quiet([apt, "install", "-y", "--no-install-recommends", "chromium"])
    found = next((path for path in CHROMIUM if Path(path).exists()), None)
    if found is None:
        pytest.fail(
            "The portal's stories need a Chromium. Debian, Ubuntu: apt-get install chromium; or "
            "say where one is: CHROMIUM_PATH=/path/to/chromium. To go without: pytest --ignore "
            "tests/integration/browser",
            pytrace=False,
        )
    return found


@pytest.fixture(scope="session")
def commander(aws: Emulator) -> Operations:
    """What the stories need from outside of the page."""
    outputs = api_outputs(aws)
    invite_sample_people(aws, outputs[contract.USER_POOL_OUTPUT])
    [person] = [person for person in PEOPLE if person.role is contract.Role.COMMANDER]
    site = Site(aws, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
    return Operations(site, outputs[contract.API_URL_OUTPUT], person)


@pytest.fixture(scope="session")
def settings(aws: Emulator, place: Place, commander: Operations) -> dict[str, str]:
    """The page uploaded, a plan, and an execution that failed."""
    outputs = api_outputs(aws)
    on_embedded_aws(aws).bring(build(place.portal_log))
    return {
        "address": outputs[contract.PORTAL_URL_OUTPUT],
        "plan": "Sample shop",
        "planId": plan_id(None, commander, aws),
        "failed": failed_execution(aws, commander),
    }


@pytest.fixture(scope="session")
def storyteller(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storyteller]:
    """One for all stories, begun anew by whoever needs another."""
    told = Storyteller(chromium, tmp_path_factory.mktemp("stories") / "log")
    yield told
    told.end()


@pytest.fixture
def story(settings: dict[str, str], storyteller: Storyteller, tmp_path: Path) -> Story:
    """Tells one story of stories.mjs; a failure says where it stopped."""

    def tell(name: str, **more: Any) -> None:
        storyteller.tell(name, {**settings, **more}, tmp_path / f"{name}.png")

    return tell
