"""Whether a plan can be started now, as far as that can be known before it is accepted.

The engine decides for good: it freezes what the groups resolve to, and takes the leases.
"""

from collections.abc import Mapping, Sequence

from breakwater.platform.http.errors import Conflict, NotFound, Unprocessable
from breakwater.recovery.engine.freezing import freeze
from breakwater.recovery.engine.frozen_groups import resolve
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.problem import Problem
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater.recovery.server_directory import Inventory, ServerDirectory
from breakwater.recovery.server_leases import Leases
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable


class Startable:
    """Looks before a run is accepted."""

    def __init__(self, *, store: RunStore, directory: ServerDirectory, leases: Leases) -> None:
        self._store = store
        self._directory = directory
        self._leases = leases

    def require(self, run: Run, plan: RecoveryPlan, groups: Mapping[str, ProtectionGroup]) -> None:
        """Unprocessable, with all that is wrong, or Conflict, with the run that is in the way."""
        lost = [one for one in plan.group_ids if one not in groups]
        if lost:
            raise Unprocessable(
                f"The plan names groups that do not exist: {', '.join(lost)}. Correct the plan.",
                details=[
                    {"place": "groupIds", "code": "unknownGroup", "value": one} for one in lost
                ],
            )
        found = self._found(groups)
        frozen = freeze(run, plan, groups, found)
        if frozen.problems:
            raise _unprocessable(frozen.problems)
        holders = self._leases.holders([one.key for one in frozen.servers])
        for holder in sorted(set(holders.values())):
            then = self._still_holds(holder)
            if then is not None:
                held = sorted(server for server, by in holders.items() if by == holder)
                more = f" and {len(held) - 1} more servers of this plan" if len(held) > 1 else ""
                raise Conflict(
                    f"The run {holder} holds {held[0]}{more}. {then}",
                    details={"executionId": holder, "servers": held[:100]},
                )

    def _still_holds(self, execution_id: str) -> str | None:
        """What to do about it; None if it holds nothing any more. The engine looks closer."""
        try:
            run = self._store.run(execution_id)
        except NotFound:
            return None
        if run.open is None:
            return None
        if run.ended:
            return f"It is {run.status}, and DRS still works on its jobs: try again in minutes."
        return "Wait until it has ended, or cancel it."

    def _found(self, groups: Mapping[str, ProtectionGroup]) -> dict[Target, Inventory]:
        try:
            return resolve(self._directory, groups)
        except Unreachable as silent:
            raise Unprocessable(
                f"Nothing was started: {silent.reason}. Validate the plan: it tells about every "
                "account at once.",
                details=[{"place": "groupIds", "code": "unreachable", "problem": silent.reason}],
            ) from silent


def _unprocessable(problems: Sequence[Problem]) -> Unprocessable:
    told = "; ".join(one.problem for one in problems[:3])
    return Unprocessable(
        f"Nothing was started: {told}", details=[one.to_json() for one in problems]
    )
