"""Prints the OpenAPI document: `make openapi` keeps it in docs/api/openapi.json."""

import json

from breakwater.routes.openapi import document

print(json.dumps(document(), indent=2, sort_keys=True))
