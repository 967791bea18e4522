"""What is there before any run: servers in DRS, tables, groups and plans; and time."""

from datetime import datetime, timedelta
from typing import Any

import boto3

from breakwater import contract
from breakwater.contract import Role
from breakwater.platform.http.identity import Identity
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.recovery_plan import PlanContent, RecoveryPlan, Wave
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from tests.engine_room.calls import Calls
from tests.simulated import BEGINNING, REGION, Simulated
from tests.tables import make_table
from tests.unit.recovery.made import group_content, ids, tagged

TABLES = {
    "groups": contract.PROTECTION_GROUPS,
    "plans": contract.RECOVERY_PLANS,
    "audit": contract.AUDIT_TRAIL,
    "leases": contract.SERVER_LEASES,
    "history": contract.EXECUTION_HISTORY,
}
CARLA = Identity(subject="c", name="carla@example.com", roles=frozenset({Role.COMMANDER}))


class World:
    """Needs an emulated DynamoDB around it: `mock_aws`."""

    def __init__(self, script: Script | None = None, servers: ServersFile | None = None) -> None:
        self.simulated = Simulated(script, servers)
        self.calls = Calls()
        self.dynamodb: Any = boto3.client("dynamodb", region_name=REGION)
        for name, shape in TABLES.items():
            make_table(self.dynamodb, name, shape)
        self.dynamodb.meta.events.register("before-call", self.calls.before_call)
        tables = RecoveryTables(groups="groups", plans="plans", audit="audit")
        self.groups = GroupStore(self.dynamodb, tables)
        self.plans = PlanStore(self.dynamodb, tables)

    # ---- time

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.simulated.seconds)

    def passes(self, seconds: float) -> None:
        self.simulated.passes(seconds)

    # ---- plans

    def group(self, name: str, *servers: str, region: str = REGION, **tags: str) -> str:
        """A group of these servers, or of those with these tags; its id."""
        known = self.simulated.servers(region)
        chosen = tagged(**tags) if tags else None
        if chosen is None:
            wanted = ids()
            chosen = type(wanted)(ids=tuple(known[one] for one in servers))
        content = group_content(name, chosen, region=region)
        return self.groups.create(content, CARLA, self.now()).group_id

    def plan(self, name: str, *waves: Wave, **more: Any) -> RecoveryPlan:
        """A plan of these waves."""
        return self.plans.create(PlanContent(name=name, waves=waves, **more), CARLA, self.now())

    def wave(self, name: str, *servers: str, region: str = REGION, **more: Any) -> Wave:
        """A wave of these servers."""
        return Wave(name=name, group_ids=(self.group(name, *servers, region=region),), **more)

    def sample(self, **more: Any) -> RecoveryPlan:
        """database → app A and app B together → web."""
        return self.plan(
            "shop",
            self.wave("database", "db-01", "db-02"),
            self.wave("app a", "app-a-01", "app-a-02", depends_on=("database",)),
            self.wave("app b", "app-b-01", depends_on=("database",), region="eu-central-1"),
            self.wave("web", "web-01", depends_on=("app a", "app b"), region="eu-central-1"),
            **more,
        )
