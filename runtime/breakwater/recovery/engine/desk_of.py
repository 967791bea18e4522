"""The desk for people's decisions, put together from what infrastructure told this function."""

from breakwater import contract
from breakwater.platform.settings import setting
from breakwater.recovery.engine.run_desk import Desk, RunDesk
from breakwater.recovery.engine.runs_assembly import RunsAssembly
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater.recovery.server_leases import ServerLeases


def desk_of(assembly: RunsAssembly) -> RunDesk:
    """The same one for every function through which people act on runs."""
    dynamodb, tables = assembly.dynamodb, RecoveryTables.from_settings()
    return RunDesk(
        Desk(
            store=assembly.store,
            runs=assembly.runs,
            plans=PlanStore(dynamodb, tables),
            groups=GroupStore(dynamodb, tables),
            directory=assembly.directory,
            leases=ServerLeases(dynamodb, setting(contract.SERVER_LEASES.variable)),
            executions=assembly.executions,
            state_machine=setting(contract.STATE_MACHINE_VARIABLE),
            audit_table=tables.audit,
            time_scale=int(setting(contract.TIME_SCALE_VARIABLE)),
            clock=assembly.engine_clock,
        )
    )
