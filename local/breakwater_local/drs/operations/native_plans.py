"""Native recovery plans, as far as a conflict with one must be seen: what the script runs."""

from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.errors import DoesNotExist
from breakwater_local.drs.native_plan import PlanExecution


def list_recovery_plan_executions(call: Call) -> dict[str, Any]:
    """Those that have begun."""
    plan, status = call.params.get("recoveryPlanArn"), call.params.get("status")
    found = [
        one
        for one in call.realm.rehearsal.plans(call.world)
        if one.status_at(call.now) is not None
        and plan in (None, one.plan_arn)
        and status in (None, one.status_at(call.now))
    ]
    chosen, rest = call.page(found, lambda one: one.number)
    return {"recoveryPlanExecutions": [_view(call, one) for one in chosen], **rest}


def get_recovery_plan_execution(call: Call) -> dict[str, Any]:
    """One of them."""
    execution = _execution(call)
    view = _view(call, execution)
    if execution.status_at(call.now) == "COMPLETED":
        view["completedAt"] = call.realm.clock.moment(execution.ends)
    return {"recoveryPlanExecution": {**view, "tags": {}}}


def list_recovery_plan_execution_steps(call: Call) -> dict[str, Any]:
    """Its steps; all of them run at the same time."""
    execution = _execution(call)
    status = "EXECUTING" if execution.status_at(call.now) == "IN_PROGRESS" else "COMPLETED"
    asked = call.params.get("filter", {}).get("status")
    steps = list(enumerate(execution.steps(), start=1)) if asked in (None, status) else []
    chosen, rest = call.page(steps, lambda numbered: numbered[0])
    return {
        "recoveryPlanExecutionSteps": [
            {
                "recoveryPlanExecutionStepArn": f"{execution.execution_arn}/step/{number}",
                "stepName": f"Step {number}",
                "stepIndex": number,
                "status": status,
                "configuration": {
                    "executionServerStepConfiguration": {
                        "servers": [
                            {"serverArn": server.arn, "impactLevel": "CRITICAL"}
                            for server in servers
                        ]
                    }
                },
            }
            for number, servers in chosen
        ],
        **rest,
    }


def _execution(call: Call) -> PlanExecution:
    arn = call.params["recoveryPlanExecutionArn"]
    for one in call.realm.rehearsal.plans(call.world):
        if one.execution_arn == arn and one.status_at(call.now) is not None:
            return one
    raise DoesNotExist("RecoveryPlanExecution", arn)


def _view(call: Call, one: PlanExecution) -> dict[str, Any]:
    return {
        "recoveryPlanExecutionArn": one.execution_arn,
        "recoveryPlanArn": one.plan_arn,
        "mode": one.mode,
        "status": one.status_at(call.now),
        "startedAt": call.realm.clock.moment(one.begins),
    }
