"""An execution of a native DRS recovery plan, which the script says is under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.files.server_faults import RecoveryPlanRuns
from breakwater_local.drs.world import SourceServer, World

SERVERS_PER_STEP = 100
MOST_STEPS = 20


@dataclass(frozen=True)
class PlanExecution:
    """Somebody else's recovery, of these servers."""

    number: int
    execution_arn: str
    plan_arn: str
    mode: str
    begins: float
    ends: float
    servers: Sequence[SourceServer]

    @classmethod
    def of(
        cls, fault: RecoveryPlanRuns, number: int, world: World, servers: Sequence[SourceServer]
    ) -> "PlanExecution":
        """As the fault with this number has it."""
        about = (world.account, world.region, number)
        plan = world.arn("recovery-plan", Dice(0).id("rp-", "plan", *about))
        return cls(
            number=number,
            execution_arn=world.arn(
                "recovery-plan-execution", Dice(0).id("rpe-", "execution", *about)
            ),
            plan_arn=plan,
            mode=fault.mode,
            begins=fault.from_,
            ends=inf if fault.until is None else fault.until,
            servers=servers,
        )

    def status_at(self, at: float) -> str | None:
        """IN_PROGRESS, COMPLETED, or nothing: not begun yet."""
        if at < self.begins:
            return None
        return "IN_PROGRESS" if at < self.ends else "COMPLETED"

    def steps(self) -> list[Sequence[SourceServer]]:
        """Its servers, step by step."""
        firsts = range(0, len(self.servers), SERVERS_PER_STEP)
        return [self.servers[first : first + SERVERS_PER_STEP] for first in firsts][:MOST_STEPS]
