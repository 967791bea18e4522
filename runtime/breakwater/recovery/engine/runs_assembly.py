"""Puts together what is known of runs, from what infrastructure told this function.

What people's functions need as well as the engine's; the engine itself is put together in
`assembly`, which is more than twice as much to import. Each part is made when it is asked for, so
a function holds only rights, and opens only connections, that its own part calls for.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

import boto3

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.recovery.drs_directory import DrsDirectory
from breakwater.recovery.engine.compensator import Compensator
from breakwater.recovery.engine.drs_recovery import DrsRecovery
from breakwater.recovery.engine.run_list import RunList
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.engine.step_functions import StepFunctions
from breakwater.recovery.target_accounts import TargetAccounts


class RunsAssembly:
    """The parts, each made once, when it is first asked for."""

    def __init__(
        self,
        session: boto3.Session | None = None,
        *,
        now: Callable[[], datetime] = clock.now,
        told: Callable[[str], str] = setting,
        dynamodb: Any = None,
    ) -> None:
        """
        :param dynamodb: the function's client, where it has one already.
        """
        if dynamodb is not None:
            self.dynamodb = dynamodb
        self._make: Any = session.client if session else boto3.client
        self._now = now
        self._told = told

    def engine_clock(self) -> datetime:
        """Now."""
        return self._now()

    def _client(self, service: str) -> Any:
        return when_used(lambda: self._make(service))

    @cached_property
    def environment(self) -> str:
        """The name of the deployment."""
        return self._told(contract.ENVIRONMENT_VARIABLE)

    @cached_property
    def dynamodb(self) -> Any:
        """The client that all tables are read and written with."""
        return self._make("dynamodb", config=PATIENCE)

    @cached_property
    def accounts(self) -> TargetAccounts:
        """Clients for the accounts of servers."""
        return TargetAccounts(
            own_account=self._told(contract.ACCOUNT_VARIABLE),
            role_name=contract.target_role_name(self.environment),
            external_id=self._told(contract.TARGET_EXTERNAL_ID_VARIABLE),
            clock=self._now,
            partition=self.dynamodb.meta.partition,
        )

    @cached_property
    def store(self) -> RunStore:
        """The table of runs."""
        return RunStore(self.dynamodb, self._told(contract.EXECUTION_HISTORY.variable))

    @cached_property
    def runs(self) -> RunList:
        """Lists of runs."""
        return RunList(self.dynamodb, self._told(contract.EXECUTION_HISTORY.variable))

    @cached_property
    def service(self) -> DrsRecovery:
        """DRS and EC2."""
        return DrsRecovery(self.accounts)

    @cached_property
    def directory(self) -> DrsDirectory:
        """Source servers."""
        return DrsDirectory(self.accounts)

    @cached_property
    def executions(self) -> StepFunctions:
        """The state machine."""
        return StepFunctions(
            self._client("stepfunctions"), self._told(contract.STATE_MACHINE_VARIABLE)
        )

    @cached_property
    def compensator(self) -> Compensator:
        """Terminates what a drill launched."""
        return Compensator(self.service, self.store, self._now)
