"""How much is too much. One place; drafts, validation and the OpenAPI document all read it.

They keep an item of DynamoDB far below 400 KB, a transaction below 100 actions, and a plan within
what a person can overlook.
"""

NAME_LENGTH = 80
NAME_BYTES = 1000
"""Folded: some letters fold to eighteen, and DynamoDB sorts by at most 1,024 bytes."""

WAVES = 50
GROUPS_PER_PLAN = 90
"""A save writes the plan, its name, the audit record, and each group that joins or leaves."""

GROUPS_PER_WAVE = 90
SERVERS_PER_GROUP = 300
"""What DRS replicates per account and Region; extended accounts hold more, in more groups."""

CRITICAL_SERVERS_PER_WAVE = 100
TAGS_PER_SELECTION = 10
TAG_KEY_LENGTH = 128
TAG_VALUE_LENGTH = 256
PLAN_BYTES = 150_000
"""As JSON. The audit record holds a plan before and after, so twice that in one item."""

FINDINGS_TOLD = 500
"""Of a kind; how many there are is always told. Lambda answers with at most 6 MB."""

DAY_MINUTES = 24 * 60
WAVE_TIMEOUT_MINUTES = 2 * 60
PLAN_TIMEOUT_MINUTES = DAY_MINUTES
PAUSE_TIMEOUT_MINUTES = DAY_MINUTES
MAX_OBJECTIVE_MINUTES = 30 * DAY_MINUTES
MAX_PLAN_TIMEOUT_MINUTES = 3 * DAY_MINUTES
"""Paused time not counted. An execution of Step Functions ends at 25,000 events: three days fit,
looked at every two minutes at least."""

MAX_WAVE_TIMEOUT_MINUTES = MAX_PLAN_TIMEOUT_MINUTES
MAX_PAUSE_TIMEOUT_MINUTES = 364 * DAY_MINUTES
"""Step Functions ends an execution after a year."""
