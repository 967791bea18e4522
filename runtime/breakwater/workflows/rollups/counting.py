"""What both functions that count are made of."""

import time
from typing import TYPE_CHECKING, Any, Self

from breakwater import contract
from breakwater.contract import RollupSettings
from breakwater.platform import clock
from breakwater.platform.settings import setting
from breakwater.timeline.reader import PATIENCE, Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.workflows.rollups.contributions import Contributions
from breakwater.workflows.rollups.contributor import Contributor
from breakwater.workflows.rollups.histories import FiguresBudget, Histories
from breakwater.workflows.rollups.places import keeping_of

if TYPE_CHECKING:
    from boto3 import Session
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_stepfunctions import SFNClient


class Counting:
    """Store, histories and contributor, put together."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient | Any",
        states: "SFNClient | Any",
        *,
        rollups_table: str,
        requests_table: str,
        settings: RollupSettings,
    ) -> None:
        """
        :param states: of Step Functions, made with timeline.reader.PATIENCE.
        """
        shared = SharedCallBudget(dynamodb, requests_table)
        budget = FiguresBudget(dynamodb, requests_table, shared)
        keeping = keeping_of(settings)
        self.histories = Histories(Reader(states, budget, patience_seconds=0.0))
        self.store = Contributions(dynamodb, rollups_table, keeping)
        self.contributor = Contributor(self.store, self.histories, keeping, clock.now, time.sleep)

    @classmethod
    def from_settings(cls, session: "Session", dynamodb: "DynamoDBClient") -> Self:
        """As infrastructure told this function."""
        return cls(
            dynamodb,
            session.client("stepfunctions", config=PATIENCE),
            rollups_table=setting(contract.ROLLUPS.variable),
            requests_table=setting(contract.REQUESTS.variable),
            settings=RollupSettings.from_json(setting(contract.ROLLUP_SETTINGS_VARIABLE)),
        )
