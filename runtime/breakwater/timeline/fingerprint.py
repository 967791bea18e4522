"""The same failure in many executions has one fingerprint.

Made of the error, the step and the cause, without what differs from run to run: ids, numbers,
times, accounts and Regions, the names of executions. What a failure is about stays: which table,
which function, which host.
"""

import hashlib
import re

_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[AP]M)?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_REST_OF_ARN = r"[^\s\"',;)}\]]+"
# An id may be of figures alone, so ids and numbers look the same afterwards.
_ANY = "<n>"

_ARN = re.compile(rf"arn:[\w-]*:([\w.-]*):[\w.<>-]*:[\w.<>-]*:({_REST_OF_ARN})")
# Executions and sessions are called as somebody pleases.
_OF_ONE_RUN = re.compile(r"((?:execution|express|mapRun|assumed-role)[:/][^:/]+)[:/].*", re.DOTALL)
_SHORT_ID = re.compile(r"(?<=[:/])(?=[a-z]*\d)[a-z0-9]+$")

# In this order: what is longer, and holds what comes later, goes first.
_DIFFERS = (
    (re.compile(r"https?://([^\s\"'<>/?#]+)[^\s\"'<>]*"), r"<url> \1"),
    (re.compile(rf"\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK}{_ZONE})?"), "<time>"),
    (
        re.compile(
            rf"\b{_DAY}(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}[ -]{_MONTH})\b"
            r"(?=,?[ -]\d{4}|,?\s+\d{1,2}:\d\d),?"
            rf"(?:[ -]\d{{4}})?(?:,?\s+{_CLOCK}{_ZONE})?(?:\s+\d{{4}})?"
        ),
        "<time>",
    ),
    (re.compile(rf"\b{_CLOCK}{_ZONE}"), "<time>"),
    (re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), _ANY),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), _ANY),
    (re.compile(r"\b(?=[a-f]*\d|[A-F]*\d)[0-9a-fA-F]{8,}\b"), _ANY),
    # Request ids of S3 and DynamoDB, ids of roles and keys.
    (re.compile(r"\b(?=(?:[A-Z]*\d){2})[A-Z0-9]{12,}\b"), _ANY),
    # Base64 has figures everywhere; a path or a name has one or two.
    (re.compile(r"(?<![\w+/=])(?=(?:[A-Za-z_+/=]*\d){3})[\w+/=]{24,}"), _ANY),
    (re.compile(r"\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?"), _ANY),
)
_SPACES = re.compile(r"\s+")
_LENGTH = 16
_LOOKED_AT = 4000  # characters of a cause: what follows is the rest of a stack


def without_what_differs(text: str) -> str:
    """A text as the same failure would write it in any run."""
    text = _ARN.sub(_what_it_names, text[:_LOOKED_AT])
    for pattern, placeholder in _DIFFERS:
        text = pattern.sub(placeholder, text)
    return _SPACES.sub(" ", text).strip()


def _what_it_names(arn: re.Match[str]) -> str:
    """Service and resource: a table is not another table."""
    resource = _SHORT_ID.sub(_ANY, _OF_ONE_RUN.sub(r"\1", arn[2]))
    return f"<arn> {arn[1]} {resource}"


def fingerprint(error: str | None, step: str | None, cause: str | None) -> str:
    """Sixteen hexadecimal digits.

    :param step: the state's name: not its path, which has the numbers of iterations.
    """
    parts = (error or "", step or "", without_what_differs(cause or ""))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_LENGTH]
