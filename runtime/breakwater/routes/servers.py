"""Source servers, as the API tells them; and /source-servers, which lists them by place."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from breakwater.platform.http.errors import BadRequest
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.recovery.drafts import AccountId, Region
from breakwater.recovery.replication import Launchable
from breakwater.recovery.server_listing import PAGE, ServerListing, ServerPage
from breakwater.recovery.target import Target


class LastLaunch(Model):
    """The last time that DRS launched it."""

    kind: str = Field(description="RECOVERY or DRILL")
    status: str
    job_id: str
    at: str


class SourceServerModel(Model):
    """A source server as DRS knows it now."""

    source_server_id: str
    account_id: str
    region: str
    name: str
    tags: dict[str, str]
    replication_state: str
    replication_error: str | None
    launchable: Launchable
    lag_seconds: float | None
    last_seen_at: str | None
    last_snapshot_at: str | None
    replication_direction: str
    recovery_instance_id: str | None
    last_launch_result: str
    last_launch: LastLaunch | None
    origin_account_id: str | None
    origin_region: str | None
    origin_instance_id: str | None


class ServerList(Model):
    """One page of source servers."""

    items: list[SourceServerModel]
    next_cursor: str | None
    partial: bool = Field(description="something could not be asked: see unreachable")
    missing: list[str] = Field(description="ids that are named and that DRS does not know")
    initialized: bool = Field(description="false: DRS was never set up there, so there are none")
    unreachable: str | None = Field(description="why nothing, or no snapshot, could be asked")


Limit = Annotated[int, Query(ge=1, le=PAGE)]
Cursor = Annotated[str | None, Query(max_length=8192, pattern=r"^[0-9A-Za-z_-]*$")]


def page_of(page: ServerPage) -> ServerList:
    """A page as the API tells it."""
    return ServerList.model_validate(page.to_json())


def routes(listing: ServerListing) -> list[Route]:
    """The route, over this listing."""

    def list_source_servers(
        account_id: Annotated[AccountId, Query(alias="accountId")],
        region: Annotated[Region, Query()],
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ServerList:
        target = Target(account_id=account_id, region=region)
        return page_of(listing.of_target(target, cursor=cursor, limit=limit))

    return [
        Route(
            method="GET",
            path="/source-servers",
            permission=Permission.READ,
            summary="The source servers of an account and Region, as DRS knows them now",
            call=list_source_servers,
            errors=[BadRequest],
        )
    ]
