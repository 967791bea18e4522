"""Names of executions that are started for another one. Pure.

AWS takes a name once in 90 days, and the same name again only starts nothing. So a name that is
made of what it is for makes a start happen once, however often it is asked for.
"""

import hashlib
import re

LONGEST = 80
_OURS = re.compile(r"-(?:retry|clone|undo)-[0-9a-f]{8}(?:-\d+)?$")
_UNFIT = re.compile(r"[^0-9A-Za-z_-]")


def retry_name(execution_arn: str, redrives: int) -> str:
    """Of what retries this execution after so many redrives: always the same."""
    return _named(execution_arn, "retry", _digest(f"{execution_arn}#{redrives}"))


def clone_name(execution_arn: str, request: str) -> str:
    """Of another one like it.

    :param request: what makes it another than the last one.
    """
    return _named(execution_arn, "clone", _digest(f"{execution_arn}#{request}"))


def compensation_name(execution_arn: str, redrives: int, tries: int) -> str:
    """Of what makes good again what this execution did: one for each try."""
    again = f"-{tries}" if tries > 1 else ""
    return _named(execution_arn, "undo", f"{_digest(f'{execution_arn}#{redrives}')}{again}")


def redrive_token(execution_arn: str, redrives: int) -> str:
    """The client token of the redrive after so many: two people who ask at once ask for one."""
    return hashlib.sha256(f"{execution_arn}#{redrives}".encode()).hexdigest()[:64]


def _named(execution_arn: str, kind: str, digest: str) -> str:
    """The old name shortened from its end, so that both can be seen to belong together."""
    base = _UNFIT.sub("-", _OURS.sub("", execution_arn.rpartition(":")[2]))
    end = f"-{kind}-{digest}"
    return base[: LONGEST - len(end)] + end


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
