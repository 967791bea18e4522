"""Saving a plan: refused with every problem at once, or kept whole."""

from datetime import datetime

from breakwater.platform.http.errors import Unprocessable
from breakwater.platform.http.identity import Identity
from breakwater.recovery import limits
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.plan_validation import plan_problems
from breakwater.recovery.problem import only_problems
from breakwater.recovery.recovery_plan import PlanContent, RecoveryPlan


class PlanDesk:
    """Takes plans in. Warnings do not hinder: they are shown by validation."""

    def __init__(self, groups: GroupStore, plans: PlanStore) -> None:
        self._groups = groups
        self._plans = plans

    def create(self, content: PlanContent, by: Identity, at: datetime) -> RecoveryPlan:
        """A new plan; Unprocessable with all problems."""
        self._check(content)
        return self._plans.create(content, by, at)

    def update(
        self, plan_id: str, content: PlanContent, version: int, by: Identity, at: datetime
    ) -> RecoveryPlan:
        """A change to a plan; Unprocessable with all problems."""
        self._check(content)
        return self._plans.update(plan_id, content, version, by, at)

    def _check(self, content: PlanContent) -> None:
        groups = self._groups.get_many(content.group_ids)
        problems = only_problems(plan_problems(content, groups))
        if problems:
            count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
            most = limits.FINDINGS_TOLD
            some = f", of which the first {most} are told" if len(problems) > most else ""
            raise Unprocessable(
                f"The plan has {count}{some}, and was not saved. Mend what the details name.",
                details=[problem.to_json() for problem in problems[:most]],
            )
