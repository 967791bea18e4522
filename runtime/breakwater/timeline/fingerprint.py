"""The same failure in many executions has one fingerprint.

Made of the error, the step and the cause, without what differs from run to run: ids, numbers,
times, addresses of stack lines.
"""

import hashlib
import re

# In this order: what is longer, and holds what comes later, goes first.
_DIFFERS = (
    (re.compile(r"arn:[\w-]*:[\w.-]*:[\w.<>-]*:[\w.<>-]*:[^\s\"',}\]]+"), "<arn>"),
    (re.compile(r"https?://[^\s\"'<>]+"), "<url>"),
    (
        re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"),
        "<time>",
    ),
    (re.compile(r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b"), "<time>"),
    (re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), "<id>"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), "<id>"),
    (re.compile(r"\b(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{8,}\b"), "<id>"),
    (re.compile(r"\b(?:[a-z]+-)(?=[0-9a-f]*\d)[0-9a-f]{8,}\b"), "<id>"),
    (re.compile(r"(?<![A-Za-z0-9])(?=[\w+/=]*\d)(?=[\w+/=]*[A-Za-z])[\w+/=]{24,}"), "<id>"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "<n>"),
)
_SPACES = re.compile(r"\s+")
_LENGTH = 16
_LOOKED_AT = 4000  # characters of a cause: what follows is the rest of a stack


def without_what_differs(text: str) -> str:
    """A text as the same failure would write it in any run."""
    for pattern, placeholder in _DIFFERS:
        text = pattern.sub(placeholder, text[:_LOOKED_AT])
    return _SPACES.sub(" ", text).strip()


def fingerprint(error: str | None, step: str | None, cause: str | None) -> str:
    """Sixteen hexadecimal digits.

    :param step: the state's name: not its path, which has the numbers of iterations.
    """
    parts = (error or "", step or "", without_what_differs(cause or ""))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_LENGTH]
