"""The data stack: what must survive everything else."""

from constructs import Construct

from breakwater_constructs.audit_trail_table import AuditTrailTable
from breakwater_constructs.bulks_table import BulksTable
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.protection_groups_table import ProtectionGroupsTable
from breakwater_constructs.recovery_plans_table import RecoveryPlansTable
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.server_leases_table import ServerLeasesTable
from stacks.breakwater_stack import BreakwaterStack
from stacks.environments import Environment


class DataStack(BreakwaterStack):
    """The tables of recovery and of the audit trail; retained when the stack goes."""

    part = "data"
    holds = "the tables of recovery and the audit trail"

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, environment)
        options = {
            "retain": environment.retain_data,
            "deletion_protection": environment.deletion_protection,
        }
        self.protection_groups = ProtectionGroupsTable(self, "ProtectionGroups", **options)
        self.recovery_plans = RecoveryPlansTable(self, "RecoveryPlans", **options)
        self.execution_history = ExecutionHistoryTable(self, "ExecutionHistory", **options)
        self.server_leases = ServerLeasesTable(self, "ServerLeases", **options)
        self.audit_trail = AuditTrailTable(self, "AuditTrail", **options)
        self.requests = RequestsTable(self, "Requests", **options)
        self.bulks = BulksTable(self, "Bulks", **options)

    @property
    def tables(self) -> list[DurableTable]:
        """All tables of this stack."""
        return [
            self.protection_groups,
            self.recovery_plans,
            self.execution_history,
            self.server_leases,
            self.audit_trail,
            self.requests,
            self.bulks,
        ]
