"""The desk for actions on workflows, put together from what infrastructure told this function.

An action concerns one engine: each is imported and made when the first action on one of its
workflows comes, and most functions that start meet one kind only.
"""

from typing import TYPE_CHECKING

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.settings import require_settings
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.engine_port import ActingEngine
from breakwater.workflows.looking_only import LookingOnly
from breakwater.workflows.workflow_id import EngineName

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from breakwater.workflows.engines.step_functions.acting.execution_actions import (
        ExecutionActions,
    )

_TOLD = (
    *(contract.ENVIRONMENT_VARIABLE, contract.ACCOUNT_VARIABLE),
    *(contract.TARGET_EXTERNAL_ID_VARIABLE, contract.STATE_MACHINE_VARIABLE),
    *(contract.TIME_SCALE_VARIABLE, contract.BULK_QUEUE_VARIABLE),
    *(contract.EXECUTION_INDEX.variable, contract.EXECUTION_HISTORY.variable),
    *(contract.REQUESTS.variable, contract.AUDIT_TRAIL.variable, contract.SERVER_LEASES.variable),
    *(contract.PROTECTION_GROUPS.variable, contract.RECOVERY_PLANS.variable),
)
"""What the engines read."""


def action_desk(dynamodb: "DynamoDBClient") -> ActionDesk:
    """For every function that acts: one by one, or many at once."""
    require_settings(*_TOLD)
    executions = when_used(lambda: _on_executions(dynamodb))
    engines: dict[EngineName, ActingEngine] = {
        EngineName.RECOVERY: when_used(lambda: _on_runs(dynamodb)),
        EngineName.STEP_FUNCTIONS: executions,
        EngineName.CUSTOM: when_used(lambda: _on_custom(dynamodb)),
    }
    return ActionDesk(engines, clock.now, executions)


def _on_executions(dynamodb: "DynamoDBClient") -> "ExecutionActions":
    from breakwater.workflows.engines.step_functions.acting.acting_on_executions import (  # noqa: PLC0415
        acting_on_executions,
    )

    return acting_on_executions(dynamodb)


def _on_runs(dynamodb: "DynamoDBClient") -> ActingEngine:
    from breakwater.workflows.engines.recovery.acting_on_runs import (  # noqa: PLC0415
        acting_on_runs,
    )

    return acting_on_runs(dynamodb)


def _on_custom(dynamodb: "DynamoDBClient") -> ActingEngine:
    from breakwater.workflows.engines.custom.custom_of import custom_of  # noqa: PLC0415

    return LookingOnly(custom_of(dynamodb))
