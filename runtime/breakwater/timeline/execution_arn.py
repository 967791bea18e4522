"""ARNs of executions: made from a state machine's, and taken apart."""

import re
from typing import NamedTuple

_MACHINE = re.compile(
    r"arn:(?P<partition>[^:]+):states:(?P<region>[^:]+):(?P<account>[^:]+):stateMachine:"
    r"(?P<machine>[^:]+)(?::[^:]+)?"
)
_EXECUTION = re.compile(
    r"arn:(?P<partition>[^:]+):states:(?P<region>[^:]+):(?P<account>[^:]+):execution:"
    r"(?P<machine>[^:]+):(?P<name>[^:]+)"
)


class NotAnArn(ValueError):
    """What should name an execution or a state machine names none."""


class ExecutionArn(NamedTuple):
    """Where an execution is, and what it is called."""

    partition: str
    region: str
    account: str
    machine: str
    name: str

    def __str__(self) -> str:
        return (
            f"arn:{self.partition}:states:{self.region}:{self.account}:execution:"
            f"{self.machine}:{self.name}"
        )

    @property
    def state_machine_arn(self) -> str:
        """Of its state machine, without version or alias."""
        return (
            f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{self.machine}"
        )


def execution_of_machine(state_machine_arn: str, name: str) -> ExecutionArn:
    """The execution of this name; the machine may be named by a version or an alias."""
    found = _MACHINE.fullmatch(state_machine_arn)
    if found is None:
        raise NotAnArn(
            f"{state_machine_arn!r} is no state machine's ARN: it looks like "
            "arn:aws:states:REGION:ACCOUNT:stateMachine:NAME"
        )
    return ExecutionArn(**found.groupdict(), name=name)


def parsed_execution_arn(arn: str) -> ExecutionArn:
    """The parts of a Standard execution's ARN."""
    found = _EXECUTION.fullmatch(arn)
    if found is not None:
        return ExecutionArn(**found.groupdict())
    if ":express:" in arn:
        raise NotAnArn(
            f"{arn!r} is an Express execution: AWS keeps no history of those. Read the state "
            "machine's log group instead, with its records as the events of a file."
        )
    raise NotAnArn(
        f"{arn!r} is no execution's ARN: it looks like "
        "arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME"
    )
