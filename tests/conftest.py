"""Settings that must stand before anything imports aws_cdk or makes an AWS client."""

import json
import os
from pathlib import Path

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
