"""The words for how something stands; the same in Python, in JSON and in the portal."""

PENDING = "pending"
RUNNING = "running"
SUCCEEDED = "succeeded"
CAUGHT = "caught"
FAILED = "failed"
TIMED_OUT = "timedOut"
ABORTED = "aborted"
UNKNOWN = "unknown"

STATUSES = (PENDING, RUNNING, SUCCEEDED, CAUGHT, FAILED, TIMED_OUT, ABORTED, UNKNOWN)
UNWELL = frozenset({FAILED, TIMED_OUT})
"""What an attempt, a branch or an execution ends in when something went wrong in it."""

INTERRUPTED = frozenset({FAILED, TIMED_OUT, ABORTED})
"""What a redrive takes up again."""
