"""What /bulk takes and answers."""

from typing import Annotated, Any, Literal

from pydantic import Field

from breakwater.platform.http.models import Model

Text = Annotated[str | None, Field(min_length=1, max_length=256)]
Why = Annotated[str, Field(min_length=3, max_length=450, description="why, for the audit trail")]


class BulkFilter(Model):
    """Which workflows; the words of GET /workflows. At least one."""

    status: Text = None
    type: Text = None
    started_from: Text = None
    started_until: Text = None
    ended_from: Text = None
    ended_until: Text = None
    name_prefix: Text = None
    search: Text = None
    triggered_by: Text = None
    error: Text = None
    target: Text = None


class BulkDraft(Model):
    """A bulk to be previewed."""

    action: Literal["cancel", "retry"]
    filter: BulkFilter
    cleanup: bool | None = Field(
        default=None, description="cancel, of drills: terminate what they launched"
    )
    compensate: bool | None = Field(
        default=None, description="cancel: run the compensation where a machine declares one"
    )


class BulkStartDraft(Model):
    """What begins it."""

    confirmation: str = Field(max_length=100, description="as the preview says, typed: cancel 27")
    reason: Why


class BulkStopDraft(Model):
    """What stops it."""

    reason: Why


class BulkEntry(Model):
    """One workflow in a bulk."""

    number: int
    workflow_id: str
    name: str | None
    type: str
    status_before: str = Field(description="when it was previewed")
    result: str = Field(
        description="notEligible, notStarted, acting, done, accepted, refused, failed, unknown"
    )
    message: str | None = Field(description="why not, or what came of it")
    new_status: str | None
    new_workflow_id: str | None = Field(description="a retry may make a new one")
    at: str | None


class BulkSummary(Model):
    """A bulk without its workflows."""

    bulk_id: str
    status: str = Field(description="previewed, running, stopping, stopped, completed")
    action: str
    filter: dict[str, str]
    by: str = Field(description="who previewed it, and in whose name it is done")
    created_at: str
    preview_until: str = Field(description="until when it can be started")
    confirmation: str = Field(description="what is to be typed to start it")
    eligible: int = Field(
        description="of a preview: as the list knows them now. Each is looked at again just before "
        "it is acted on; what is not possible by then is refused, with the reason, and left as it "
        "is"
    )
    not_eligible: int = Field(description="as the list knows them; they are not looked at again")
    reasons: dict[str, int] = Field(description="why some are not eligible, and how many")
    counts: dict[str, int] = Field(description="results of those that are eligible")
    percent: int = Field(description="of those that are eligible")
    per_second: float = Field(description="how many are acted on, by all bulks together")
    is_stalled: bool = Field(
        description="nobody works on it; it is woken up within five minutes, started again at once"
    )
    reason: str | None
    started_at: str | None
    ended_at: str | None
    stopped_by: str | None


class BulkPreview(BulkSummary):
    """A preview, with some of both kinds."""

    samples: dict[str, list[BulkEntry]] = Field(description="eligible, notEligible: ten at most")


class BulkProgress(BulkSummary):
    """How far it is, and a page of its workflows in their order."""

    items: list[BulkEntry]
    next_cursor: str | None


def said(filter: BulkFilter) -> dict[str, str]:
    """As the list is asked."""
    told: dict[str, Any] = filter.model_dump(by_alias=True, exclude_none=True)
    return told
