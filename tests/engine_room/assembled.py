"""The engine's parts as the functions assemble them, with this world behind the adapters."""

from typing import Any

import boto3

from breakwater import contract
from breakwater.recovery.engine.assembly import Assembly
from breakwater.recovery.engine.drs_recovery import DrsRecovery
from breakwater.recovery.engine.run_desk import Desk, RunDesk
from breakwater.recovery.engine.teller import Teller
from breakwater.recovery.server_leases import ServerLeases
from tests.engine_room.accounts import Accounts
from tests.engine_room.doubles import MACHINE, Sent
from tests.engine_room.world import World
from tests.simulated import ACCOUNT, REGION

SETTINGS = {
    contract.ENVIRONMENT_VARIABLE: "test",
    contract.ACCOUNT_VARIABLE: ACCOUNT,
    contract.TARGET_EXTERNAL_ID_VARIABLE: "none",
    contract.EXECUTION_HISTORY.variable: "history",
    contract.SERVER_LEASES.variable: "leases",
    contract.STATE_MACHINE_VARIABLE: MACHINE,
    contract.MESSAGES_TOPIC_VARIABLE: "none",
}


def assembled(world: World, accounts: Accounts, executions: Any, messages: Sent) -> Assembly:
    """Functions that have just been started: nothing is remembered."""
    assembly = Assembly(boto3.Session(region_name=REGION), now=world.now, told=SETTINGS.__getitem__)
    parts: dict[str, Any] = assembly.__dict__
    parts["dynamodb"] = world.dynamodb
    parts["accounts"] = accounts
    parts["service"] = DrsRecovery(accounts)
    parts["callbacks"] = parts["executions"] = executions
    parts["teller"] = Teller(
        assembly.store, messages, environment="test", link=lambda _: "https://portal"
    )
    return assembly


def desk_of(assembly: Assembly, world: World, executions: Any, time_scale: int) -> RunDesk:
    """Where people ask for runs of it."""
    return RunDesk(
        Desk(
            store=assembly.store,
            runs=assembly.runs,
            plans=world.plans,
            groups=world.groups,
            directory=assembly.directory,
            leases=ServerLeases(world.dynamodb, "leases"),
            executions=executions,
            state_machine=executions.state_machine,
            audit_table="audit",
            time_scale=time_scale,
            clock=world.now,
        )
    )
