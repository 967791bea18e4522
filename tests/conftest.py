"""Settings that must stand before anything imports aws_cdk or makes an AWS client."""

import json
import os
import signal
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]

# A bare App() ignores cdk.json, and with it the feature flags that deployments have.
os.environ["CDK_CONTEXT_JSON"] = json.dumps(
    json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))["context"]
)
# CDK's own validator takes seconds; `make synth` runs it. cdk-nag runs here all the same.
os.environ["CDK_VALIDATION"] = "false"
# No test ever talks to a real account, whatever the surroundings say.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
# Ctrl-C reaches what tests start, even in the background of a shell that turned it off.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import aws_cdk as cdk  # noqa: E402 - only now, see above
import hypothesis  # noqa: E402
import pytest  # noqa: E402

from app import build  # noqa: E402
from stacks.environments import ENVIRONMENTS  # noqa: E402
from tests.infrastructure.synthesized import Synthesized  # noqa: E402

# How long an example takes says how busy the machine is, and nothing about the code.
BUSY: Any = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("breakwater", **BUSY)
hypothesis.settings.register_profile("few", max_examples=15, **BUSY)
hypothesis.settings.load_profile(
    "few" if os.environ.get("BREAKWATER_EXAMPLES") == "few" else "breakwater"
)


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Environment name → what it synthesizes to. Fails if cdk-nag finds anything unexplained."""
    made = {}
    for environment in ENVIRONMENTS.values():
        directory = tmp_path_factory.mktemp(environment.name)
        app = cdk.App(outdir=str(directory))
        build(app, environment)
        made[environment.name] = Synthesized(
            directory=directory,
            stacks={
                stack.stack_name.removeprefix(f"breakwater-{environment.name}-"): stack.template
                for stack in app.synth().stacks
            },
        )
    return made


@pytest.fixture(params=list(ENVIRONMENTS))
def each(request: pytest.FixtureRequest, synthesized: dict[str, Synthesized]) -> Synthesized:
    """One environment after the other."""
    return synthesized[request.param]


@pytest.fixture
def prod(synthesized: dict[str, Synthesized]) -> Synthesized:
    """What production is deployed from."""
    return synthesized["prod"]
