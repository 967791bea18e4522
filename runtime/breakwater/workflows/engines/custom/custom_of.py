"""Workflows that publish their own events: the engine, put together."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.settings import setting
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.profiles import Profiles

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class _NoProfiles:
    def of(self, state_machine_arns: Collection[str], /) -> Mapping[str, Any]:  # noqa: ARG002
        return {}


def custom_of(dynamodb: "DynamoDBClient", profiles: Profiles | None = None) -> CustomEngine:
    """The engine.

    :param profiles: None: nothing is compared with earlier workflows.
    """
    index = setting(contract.EXECUTION_INDEX.variable)
    return CustomEngine(dynamodb, index, profiles=profiles or _NoProfiles(), clock=clock.now)
