"""Settings that must stand before anything imports aws_cdk or makes an AWS client."""

import functools
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

import botocore.session  # noqa: E402 - only now, see above
import hypothesis  # noqa: E402
import pytest  # noqa: E402

from tests.examples import examples  # noqa: E402
from tests.infrastructure.synthesized import Synthesized  # noqa: E402

# AWS's models are read once, not with each emulated AWS: reading them costs more than most tests.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

# How long an example takes says how busy the machine is, and nothing about the code.
BUSY: Any = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("breakwater", max_examples=examples(), **BUSY)
hypothesis.settings.load_profile("breakwater")

NAMES = ("local", "dev", "test", "prod")


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Environment name → what it synthesizes to. Fails if cdk-nag finds anything unexplained."""
    # Only here: whoever needs no template does not wait for the CDK and its Node.
    from tests.infrastructure.all_environments import all_environments  # noqa: PLC0415

    made = all_environments(tmp_path_factory.mktemp)
    assert tuple(made) == NAMES
    return made


@pytest.fixture(params=NAMES)
def each(request: pytest.FixtureRequest, synthesized: dict[str, Synthesized]) -> Synthesized:
    """One environment after the other."""
    return synthesized[request.param]


@pytest.fixture
def prod(synthesized: dict[str, Synthesized]) -> Synthesized:
    """What production is deployed from."""
    return synthesized["prod"]
