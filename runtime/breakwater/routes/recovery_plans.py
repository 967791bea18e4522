"""/recovery-plans: waves, what each depends on, and whether it would work now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import Field

from breakwater.platform.http.caller import caller
from breakwater.platform.http.errors import Conflict, NotFound, Unavailable, Unprocessable
from breakwater.platform.http.models import Model, Page
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.recovery.drafts import GroupId, PlanDraft, PlanRevision
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_saving import PlanDesk
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.plan_validator import PlanValidator
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater.routes.findings import FindingModel
from breakwater.routes.protection_groups import PageLimit, Prefix, Reason, SeenVersion
from breakwater.routes.servers import Cursor

Id = Annotated[GroupId, Path()]


class Plan(PlanDraft):
    """A recovery plan as it is kept."""

    plan_id: str
    version: int
    created_at: str
    updated_at: str
    updated_by: str


class WaveSize(Model):
    """How many servers a wave resolves to now."""

    name: str
    servers: int


class Readiness(Model):
    """Would the plan work now?"""

    ready: bool
    checked_at: str
    problems: list[FindingModel] = Field(description="what keeps it from working; the first 500")
    problem_count: int
    warnings: list[FindingModel] = Field(description="what to weigh; the first 500")
    warning_count: int
    waves: list[WaveSize]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """What the routes need."""

    store: PlanStore
    desk: PlanDesk
    groups: GroupStore
    validator: PlanValidator
    clock: Callable[[], datetime]


def routes(plans: Plans) -> list[Route]:
    """The routes, over these."""

    def list_recovery_plans(
        prefix: Prefix = "", limit: PageLimit = 50, cursor: Cursor = None
    ) -> Page[Plan]:
        page = plans.store.page(prefix=prefix, cursor=cursor, limit=limit)
        return Page[Plan](
            items=[_told(plan) for plan in page.items],
            next_cursor=page.next_cursor,
            partial=page.partial,
        )

    def create_recovery_plan(draft: Annotated[PlanDraft, Body()]) -> Plan:
        return _told(plans.desk.create(draft.content(), caller(), plans.clock()))

    def get_recovery_plan(plan_id: Id) -> Plan:
        return _told(plans.store.get(plan_id))

    def update_recovery_plan(plan_id: Id, revision: Annotated[PlanRevision, Body()]) -> Plan:
        content, version = revision.content(), revision.version
        return _told(plans.desk.update(plan_id, content, version, caller(), plans.clock()))

    def remove_recovery_plan(
        plan_id: Id, version: SeenVersion = None, reason: Reason = None
    ) -> Response[None]:
        plans.store.remove(plan_id, caller(), plans.clock(), version=version, reason=reason)
        return Response(status_code=204)

    def validate_recovery_plan(plan_id: Id) -> Readiness:
        plan = plans.store.get(plan_id)
        groups = plans.groups.get_many(plan.group_ids)
        report = plans.validator.validate(plan, groups, plans.clock())
        return Readiness.model_validate(report.to_json())

    one = "/recovery-plans/<plan_id>"
    return [
        Route(
            method="GET",
            path="/recovery-plans",
            permission=Permission.READ,
            summary="Recovery plans by name",
            call=list_recovery_plans,
        ),
        Route(
            method="POST",
            path="/recovery-plans",
            permission=Permission.PLAN,
            summary="A new recovery plan; every problem at once if it cannot be saved",
            call=create_recovery_plan,
            errors=[Conflict, Unprocessable, Unavailable],
            success=201,
            idempotent=True,
        ),
        Route(
            method="GET",
            path=one,
            permission=Permission.READ,
            summary="One recovery plan",
            call=get_recovery_plan,
            errors=[NotFound],
        ),
        Route(
            method="PUT",
            path=one,
            permission=Permission.PLAN,
            summary="Change a recovery plan that you have seen at this version",
            call=update_recovery_plan,
            errors=[NotFound, Conflict, Unprocessable, Unavailable],
        ),
        Route(
            method="DELETE",
            path=one,
            permission=Permission.PLAN,
            summary="Remove a recovery plan; its runs keep theirs",
            call=remove_recovery_plan,
            errors=[NotFound, Conflict, Unavailable],
            success=204,
        ),
        Route(
            method="POST",
            path=f"{one}/validate",
            permission=Permission.READ,
            summary="Would the plan work now? Asks DRS and EC2; changes nothing",
            call=validate_recovery_plan,
            errors=[NotFound, Unavailable],
        ),
    ]


def _told(plan: RecoveryPlan) -> Plan:
    return Plan.model_validate(plan.to_json())
