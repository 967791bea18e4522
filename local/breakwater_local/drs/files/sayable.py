"""What a file may make the simulator say: no more than DRS could, by botocore's model."""

import re

from botocore.model import StructureShape
from pydantic import AfterValidator

from breakwater_local.drs.wire.model import service


def sayable(shape: str, member: str) -> AfterValidator:
    """A text that fits into this member of this shape: its length, its pattern."""

    def check(text: str) -> str:
        structure = service().shape_for(shape)
        assert isinstance(structure, StructureShape)
        limits = structure.members[member].metadata
        least, most = limits.get("min", 0), limits.get("max")
        if len(text) < least or (most is not None and len(text) > most):
            raise ValueError(f"must have {least} to {most} characters, not {len(text)}")
        pattern = limits.get("pattern")
        if pattern and not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is nothing that DRS would say: it must match {pattern}")
        return text

    return AfterValidator(check)
