"""How a workflow stands against its target, and whether it is slow. Pure."""

from breakwater import contract
from breakwater.workflows.profiles import Profile
from breakwater.workflows.workflow import SlaStatus
from breakwater.workflows.workflow_status import ENDED

AT_RISK_FROM = contract.SLA_AT_RISK


def standing(target: float | None, elapsed: float | None, status: str) -> SlaStatus | None:
    """None without a target. What is over is on track or breached, never at risk."""
    if not target or elapsed is None:
        return None
    if elapsed > target:
        return SlaStatus.BREACHED
    if status not in ENDED and elapsed >= AT_RISK_FROM * target:
        return SlaStatus.AT_RISK
    return SlaStatus.ON_TRACK


def is_slow(
    status: str, sla: SlaStatus | None, elapsed: float | None, profile: Profile | None
) -> bool:
    """Running, and not on track or slower than nineteen of twenty that went before it."""
    if status in ENDED:
        return False
    if sla in (SlaStatus.AT_RISK, SlaStatus.BREACHED):
        return True
    return profile is not None and elapsed is not None and profile.is_slow(elapsed)
