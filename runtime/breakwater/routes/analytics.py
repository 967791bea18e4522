"""/analytics: what all workflows of a period come to."""

from typing import Annotated, Any, Literal, Protocol

from aws_lambda_powertools.event_handler.openapi.params import Query

from breakwater.platform.http.errors import BadRequest, Unavailable
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.routes.analytics_models import Analytics
from breakwater.workflows.rollups.rollup_table import Throttled


class Desk(Protocol):
    """See workflows.rollups.analytics_desk."""

    def over(self, period: str) -> dict[str, Any]:
        """All figures of a period."""


def routes(desk: Desk) -> list[Route]:
    """The route, over these figures."""

    def get_analytics(
        period: Annotated[
            Literal["24h", "7d", "30d"], Query(description="by when executions ended")
        ] = "24h",
    ) -> Analytics:
        try:
            told = desk.over(period)
        except Throttled as busy:
            raise Unavailable(
                "The figures could not be read: the database is busy. Try again in some seconds.",
                headers={"Retry-After": "5"},
            ) from busy
        return Analytics.model_validate(told)

    return [
        Route(
            method="GET",
            path="/analytics",
            permission=Permission.READ,
            summary="What all workflows of a period come to: targets, times, failures, cost",
            call=get_analytics,
            errors=[BadRequest, Unavailable],
        )
    ]
