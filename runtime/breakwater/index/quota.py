"""How often Step Functions may be asked: its quotas, and the part of them that is ours. Pure.

The figures are the service's defaults (bucket size, refill per second), per account and Region,
shared with everybody there. A quota that was raised for an account only makes us more modest.
"""

from dataclasses import dataclass

_LARGE_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
_LARGE = {"DescribeExecution": (300, 15), "ListExecutions": (200, 5)}
_OTHER = {"DescribeExecution": (250, 10), "ListExecutions": (100, 2)}
_EVERYWHERE = {"ListStateMachines": (100, 5), "ListTagsForResource": (100, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A bucket that holds so many calls, and is refilled with so many a second."""

    bucket: float
    per_second: float


def rates(region: str, share: float) -> dict[str, Rate]:
    """Operation → what we may use of it."""
    quotas = {**_EVERYWHERE, **(_LARGE if region in _LARGE_REGIONS else _OTHER)}
    return {
        operation: Rate(bucket=bucket * share, per_second=refill * share)
        for operation, (bucket, refill) in quotas.items()
    }
