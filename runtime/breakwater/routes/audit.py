"""/audit: who did what, read by subject or by person, as JSON or as JSON lines."""

import json
from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from breakwater.platform.audit_trail import AuditPage
from breakwater.platform.http.errors import BadRequest
from breakwater.platform.http.models import Model, Page
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route

Cursor = Annotated[str | None, Query(max_length=4096, pattern=r"^[0-9A-Za-z_-]*$")]
JSON_LINES = "application/x-ndjson"


class AuditEntry(Model):
    """One thing that somebody did."""

    subject: str
    action: str
    actor: str = Field(description="what people know them by")
    actor_id: str
    address: str = Field(description="the IP address it came from")
    recorded_at: str
    sequence: str = Field(description="tells records of one moment apart")
    reason: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class AuditReader(Protocol):
    """What the routes need of the trail."""

    def of_subject(self, subject: str, *, limit: int, cursor: str | None) -> AuditPage:
        """What happened to it, newest first."""

    def of_actor(self, actor: str, *, limit: int, cursor: str | None) -> AuditPage:
        """What they did, newest first."""


def routes(trail: AuditReader) -> list[Route]:
    """The routes, over this trail."""

    def list_audit(
        subject: Annotated[str | None, Query(min_length=1, max_length=1_400)] = None,
        actor: Annotated[str | None, Query(min_length=1, max_length=256)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Cursor = None,
    ) -> Page[AuditEntry]:
        page = _read(trail, subject, actor, limit, cursor)
        return Page[AuditEntry](
            items=[AuditEntry.model_validate(entry) for entry in page.entries],
            next_cursor=page.next_cursor,
            partial=page.partial,
        )

    def export_audit(
        subject: Annotated[str | None, Query(min_length=1, max_length=1_400)] = None,
        actor: Annotated[str | None, Query(min_length=1, max_length=256)] = None,
        cursor: Cursor = None,
    ) -> Response[str]:
        page = _read(trail, subject, actor, 200, cursor)
        return Response(
            status_code=200,
            content_type=JSON_LINES,
            headers={"x-next-cursor": page.next_cursor} if page.next_cursor else {},
            body="".join(json.dumps(entry, sort_keys=True) + "\n" for entry in page.entries),
        )

    return [
        Route(
            method="GET",
            path="/audit",
            permission=Permission.READ,
            summary="What happened to a subject, or what a person did, newest first",
            call=list_audit,
        ),
        Route(
            method="GET",
            path="/audit/export",
            permission=Permission.READ,
            summary="The same as JSON lines; the header x-next-cursor says where to go on",
            call=export_audit,
        ),
    ]


def _read(
    trail: AuditReader, subject: str | None, actor: str | None, limit: int, cursor: str | None
) -> AuditPage:
    if (subject is None) == (actor is None):
        raise BadRequest(
            "Say whose trail: either subject (such as PLAN#<planId>) or actor, not both.",
            details=[{"place": "subject", "problem": "exactly one of subject and actor"}],
        )
    if subject is not None:
        return trail.of_subject(subject, limit=limit, cursor=cursor)
    return trail.of_actor(str(actor), limit=limit, cursor=cursor)
