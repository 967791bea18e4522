"""The id of a workflow, in addresses and answers. Pure.

20261120-162732-b2745d11            a recovery run: its executionId
YXJuOmF3czpzdGF0ZXM6...             any other execution: its ARN, base64url without padding
custom.<source>.<id>                what publishes its own events
"""

import base64
import re
from dataclasses import dataclass
from enum import StrEnum

_CUSTOM = re.compile(r"custom\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_.:-]{1,128})")
_RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_ARN = re.compile(r"arn:[a-z0-9-]+:states:[a-z0-9-]+:\d{12}:execution:[^:\s]+:[^:\s]+")
LONGEST = 1_300
"""Names have eighty letters, of up to four bytes; a Map has a label besides."""


class EngineName(StrEnum):
    """What runs a workflow."""

    RECOVERY = "recovery"
    STEP_FUNCTIONS = "stepFunctions"
    CUSTOM = "custom"


class NotAnId(ValueError):
    """This can be nobody's id; the message says what ids look like."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:80]!r} is no id of a workflow. An id is a run's executionId, the ARN of an "
            "execution in base64url, or custom.<source>.<id>; GET /workflows lists them."
        )


@dataclass(frozen=True, slots=True)
class WorkflowId:
    """Which workflow is meant, and by which engine it is run."""

    engine: EngineName
    name: str
    """A run's executionId, an execution's ARN, or `<source>.<id>` of a custom workflow."""

    def __str__(self) -> str:
        if self.engine is EngineName.CUSTOM:
            return f"custom.{self.name}"
        if self.engine is EngineName.RECOVERY:
            return self.name
        return base64.urlsafe_b64encode(self.name.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "WorkflowId":
        """The id that was sent; NotAnId if it can be none."""
        if _RUN.fullmatch(text):
            return cls(EngineName.RECOVERY, text)
        if _CUSTOM.fullmatch(text):
            return cls(EngineName.CUSTOM, text.removeprefix("custom."))
        if len(text) <= LONGEST:
            try:
                padded = text + "=" * (-len(text) % 4)
                arn = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
            except ValueError as error:
                raise NotAnId(text) from error
            found = cls(EngineName.STEP_FUNCTIONS, arn)
            # One workflow has one id: another writing of the same ARN is none.
            if _ARN.fullmatch(arn) and str(found) == text:
                return found
        raise NotAnId(text)
