"""/protection-groups: which source servers belong together."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from breakwater.platform.http.caller import caller
from breakwater.platform.http.errors import Conflict, NotFound, Unavailable
from breakwater.platform.http.models import Page
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.recovery.drafts import GroupDraft, GroupId, GroupRevision
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.server_listing import PAGE, ServerListing
from breakwater.routes.servers import Cursor, Limit, ServerList, page_of

Id = Annotated[GroupId, Path()]
Prefix = Annotated[str, Query(max_length=80, description="names that begin so, however cased")]
PageLimit = Annotated[int, Query(ge=1, le=200)]
SeenVersion = Annotated[int | None, Query(ge=1, description="remove only what you have seen")]
Reason = Annotated[str | None, Query(max_length=500, description="why, for the audit trail")]


class Group(GroupDraft):
    """A protection group as it is kept."""

    group_id: str
    version: int
    created_at: str
    updated_at: str
    updated_by: str
    used_by: list[str] = Field(description="the plans that name it: it stays while there is one")


def routes(
    groups: GroupStore, listing: ServerListing, clock: Callable[[], datetime]
) -> list[Route]:
    """The routes, over this store and this listing."""

    def list_protection_groups(
        prefix: Prefix = "", limit: PageLimit = 50, cursor: Cursor = None
    ) -> Page[Group]:
        page = groups.page(prefix=prefix, cursor=cursor, limit=limit)
        return Page[Group](
            items=[_told(group) for group in page.items],
            next_cursor=page.next_cursor,
            partial=page.partial,
        )

    def create_protection_group(draft: Annotated[GroupDraft, Body()]) -> Group:
        return _told(groups.create(draft.content(), caller(), clock()))

    def get_protection_group(group_id: Id) -> Group:
        return _told(groups.get(group_id))

    def update_protection_group(group_id: Id, revision: Annotated[GroupRevision, Body()]) -> Group:
        content, version = revision.content(), revision.version
        return _told(groups.update(group_id, content, version, caller(), clock()))

    def remove_protection_group(
        group_id: Id, version: SeenVersion = None, reason: Reason = None
    ) -> Response[None]:
        groups.remove(group_id, caller(), clock(), version=version, reason=reason)
        return Response(status_code=204)

    def list_group_servers(group_id: Id, limit: Limit = PAGE, cursor: Cursor = None) -> ServerList:
        return page_of(listing.of_group(groups.get(group_id), cursor=cursor, limit=limit))

    one = "/protection-groups/<group_id>"
    return [
        Route(
            method="GET",
            path="/protection-groups",
            permission=Permission.READ,
            summary="Protection groups by name",
            call=list_protection_groups,
        ),
        Route(
            method="POST",
            path="/protection-groups",
            permission=Permission.PLAN,
            summary="A new protection group",
            call=create_protection_group,
            errors=[Conflict, Unavailable],
            success=201,
            idempotent=True,
        ),
        Route(
            method="GET",
            path=one,
            permission=Permission.READ,
            summary="One protection group",
            call=get_protection_group,
            errors=[NotFound],
        ),
        Route(
            method="PUT",
            path=one,
            permission=Permission.PLAN,
            summary="Change a protection group that you have seen at this version",
            call=update_protection_group,
            errors=[NotFound, Conflict, Unavailable],
        ),
        Route(
            method="DELETE",
            path=one,
            permission=Permission.PLAN,
            summary="Remove a protection group that no plan uses",
            call=remove_protection_group,
            errors=[NotFound, Conflict, Unavailable],
            success=204,
        ),
        Route(
            method="GET",
            path=f"{one}/servers",
            permission=Permission.READ,
            summary="The source servers that a group resolves to now",
            call=list_group_servers,
            errors=[NotFound],
        ),
    ]


def _told(group: ProtectionGroup) -> Group:
    return Group.model_validate(group.to_json())
