"""Puts the engine together from what infrastructure told this function.

Each handler takes the part that it needs, while it starts; so a function holds only rights, and
opens only connections, that its own part calls for.
"""

from functools import cached_property

from breakwater import contract
from breakwater.recovery.engine.beginning import Beginning
from breakwater.recovery.engine.endings import Endings
from breakwater.recovery.engine.engine import Engine, Parts
from breakwater.recovery.engine.failing import Failing
from breakwater.recovery.engine.job_starter import JobStarter
from breakwater.recovery.engine.lease_holder import LeaseHolder
from breakwater.recovery.engine.observer import Observer
from breakwater.recovery.engine.pausing import Pausing
from breakwater.recovery.engine.portal_link import PortalLink
from breakwater.recovery.engine.runs_assembly import RunsAssembly
from breakwater.recovery.engine.sns_messages import SnsMessages
from breakwater.recovery.engine.step_functions import StepFunctions
from breakwater.recovery.engine.teller import Teller
from breakwater.recovery.engine.watching import Watching


class Assembly(RunsAssembly):
    """The engine's parts, each made once, when it is first asked for."""

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
