"""The ARNs of Step Functions, taken apart. Pure."""

from breakwater.index.malformed import Malformed


def parts(arn: str, kind: str) -> list[str]:
    """`arn:aws:states:<Region>:<account>:<kind>:<name>…`, split; Malformed if it is none."""
    split = arn.split(":")
    if len(split) < 7 or split[0] != "arn" or split[2] != "states" or split[5] != kind:
        raise Malformed(f"{arn!r} is no ARN of Step Functions' kind {kind}")
    return split


def machine_of(arn: str) -> str:
    """A state machine's ARN without version or alias."""
    return ":".join(parts(arn, "stateMachine")[:7])


def tagged_machine(arn: str) -> str:
    """Whose tags speak: children of a distributed map are of the machine `<machine>/<label>`, which
    has none of its own.
    """
    return arn.partition("/")[0]


def machine_name(arn: str) -> str:
    """What people called the state machine."""
    return parts(arn, "stateMachine")[6]


def machine_of_execution(arn: str) -> str:
    """The state machine that an execution belongs to."""
    split = parts(arn, "execution")
    return ":".join([*split[:5], "stateMachine", split[6]])


def qualifier(arn: str | None) -> str | None:
    """The version or alias that ends a qualified ARN."""
    split = (arn or "").split(":")
    return split[7] if len(split) == 8 else None


def place(arn: str) -> tuple[str, str]:
    """Account and Region."""
    split = arn.split(":")
    return split[4], split[3]
