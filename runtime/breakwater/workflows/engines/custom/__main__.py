"""`python -m breakwater.workflows.engines.custom`: the JSON schema of workflow events."""

import json

from breakwater.workflows.engines.custom.event import schema

print(json.dumps(schema(), indent=2, sort_keys=True))
