"""Puts the engine together from what infrastructure told this function.

Each handler takes the part that it needs; clients are made when they are first used, so a function
holds only rights, and opens only connections, that its own part calls for.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

import boto3

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.recovery.drs_directory import DrsDirectory
from breakwater.recovery.engine.beginning import Beginning
from breakwater.recovery.engine.compensator import Compensator
from breakwater.recovery.engine.drs_recovery import DrsRecovery
from breakwater.recovery.engine.endings import Endings
from breakwater.recovery.engine.engine import Engine, Parts
from breakwater.recovery.engine.failing import Failing
from breakwater.recovery.engine.job_starter import JobStarter
from breakwater.recovery.engine.lease_holder import LeaseHolder
from breakwater.recovery.engine.observer import Observer
from breakwater.recovery.engine.pausing import Pausing
from breakwater.recovery.engine.portal_link import PortalLink
from breakwater.recovery.engine.run_list import RunList
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.engine.sns_messages import SnsMessages
from breakwater.recovery.engine.step_functions import StepFunctions
from breakwater.recovery.engine.teller import Teller
from breakwater.recovery.engine.watching import Watching
from breakwater.recovery.target_accounts import TargetAccounts


class Assembly:
    """The engine's parts, each made once, when it is first asked for."""

    def __init__(
        self,
        session: boto3.Session | None = None,
        *,
        now: Callable[[], datetime] = clock.now,
        told: Callable[[str], str] = setting,
    ) -> None:
        self._session = session or boto3.Session()
        self._now = now
        self._told = told

    def engine_clock(self) -> datetime:
        """Now."""
        return self._now()

    def _client(self, service: str) -> Any:
        make: Any = self._session.client
        return make(service)

    @cached_property
    def environment(self) -> str:
        """The name of the deployment."""
        return self._told(contract.ENVIRONMENT_VARIABLE)

    @cached_property
    def dynamodb(self) -> Any:
        """The client that all tables are read and written with."""
        make: Any = self._session.client
        return make("dynamodb", config=PATIENCE)

    @cached_property
    def accounts(self) -> TargetAccounts:
        """Clients for the accounts of servers."""
        return TargetAccounts(
            own_account=self._told(contract.ACCOUNT_VARIABLE),
            role_name=contract.target_role_name(self.environment),
            external_id=self._told(contract.TARGET_EXTERNAL_ID_VARIABLE),
            clock=self._now,
            partition=self._session.get_partition_for_region(self.dynamodb.meta.region_name),
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
    def callbacks(self) -> StepFunctions:
        """Step Functions for a function that is itself part of the machine, and only answers."""
        return StepFunctions(self._client("stepfunctions"), "")

    @cached_property
    def teller(self) -> Teller:
        """Messages and metrics."""
        messages = SnsMessages(
            self._client("sns"),
            topic_arn=self._told(contract.MESSAGES_TOPIC_VARIABLE),
            environment=self.environment,
        )
        link = PortalLink(
            lambda: self._client("ssm"), contract.portal_url_parameter(self.environment)
        )
        return Teller(self.store, messages, environment=self.environment, link=link)

    @cached_property
    def endings(self) -> Endings:
        """What is left to do when a run is over."""
        table = self._told(contract.SERVER_LEASES.variable)
        return Endings(
            self.store,
            self.service,
            lambda is_over: LeaseHolder(self.dynamodb, table, is_over),
            self._now,
        )

    @cached_property
    def compensator(self) -> Compensator:
        """Terminates what a drill launched."""
        return Compensator(self.service, self.store, self._now)

    @cached_property
    def engine(self) -> Engine:
        """Looks at runs."""
        return Engine(
            Parts(
                store=self.store,
                service=self.service,
                observer=Observer(self.service),
                starter=JobStarter(self.service, self.store, self._now),
                compensator=self.compensator,
                endings=self.endings,
                teller=self.teller,
                clock=self._now,
            )
        )

    @cached_property
    def beginning(self) -> Beginning:
        """Takes runs up."""
        return Beginning(
            store=self.store,
            directory=self.directory,
            service=self.service,
            leases=self.endings.leases,
            engine=self.engine,
            clock=self._now,
        )

    @cached_property
    def pausing(self) -> Pausing:
        """Stores tokens and consumes decisions."""
        return Pausing(
            store=self.store,
            callbacks=self.callbacks,
            teller=self.teller,
            engine=self.engine,
            clock=self._now,
        )

    @cached_property
    def failing(self) -> Failing:
        """Records what nobody expected."""
        return Failing(store=self.store, endings=self.endings, teller=self.teller, clock=self._now)

    @cached_property
    def watching(self) -> Watching:
        """Looks after open runs."""
        return Watching(
            store=self.store,
            runs=self.runs,
            executions=self.executions,
            endings=self.endings,
            failing=self.failing,
            teller=self.teller,
            clock=self._now,
        )
