"""Groups and plans as people write them, in a request's body or in a file.

A draft answers for the form of each field: lengths, patterns, ranges, nothing unknown. Whether the
plan makes sense is asked of `plan_validation`.
"""

import unicodedata
from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from breakwater.platform.http.models import Model
from breakwater.recovery import limits
from breakwater.recovery.folded_name import folded
from breakwater.recovery.protection_group import GroupContent
from breakwater.recovery.recovery_plan import OnFailure, PlanContent


def _visible(text: str) -> str:
    if not any(unicodedata.category(character)[0] not in "CZM" for character in text):
        raise ValueError("needs at least one visible character")
    if len(folded(text).encode()) > limits.NAME_BYTES:
        raise ValueError("is too long: some of its characters stand for many")
    return text


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("Input should be a number, not true or false")  # noqa: TRY004 - pydantic's
    return value


Whole = Annotated[int, BeforeValidator(_no_truth)]
"""A whole number: `true` is none, though Python takes it for 1."""

# No control characters, line breaks, or characters that hide or turn the text around: a real
# recovery is confirmed by typing a name. Readable by pydantic, Python and ECMAScript alike.
Name = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=limits.NAME_LENGTH,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+$",
    ),
    AfterValidator(_visible),
]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["111122223333"])]
Region = Annotated[
    str, Field(pattern=r"^[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$", examples=["eu-west-1"])
]
ServerId = Annotated[str, Field(pattern=r"^s-[0-9a-zA-Z]{17}$", examples=["s-0123456789abcdef0"])]
GroupId = Annotated[str, Field(pattern=r"^[0-9a-zA-Z-]{1,64}$")]
TagKey = Annotated[str, Field(min_length=1, max_length=limits.TAG_KEY_LENGTH)]
TagValue = Annotated[str, Field(max_length=limits.TAG_VALUE_LENGTH)]
Version = Annotated[
    Whole, Field(ge=1, le=2**53, description="the version that you saw and are changing")
]


class Draft(Model):
    """Its fields have one spelling: as documented."""

    model_config = ConfigDict(populate_by_name=False)


class SelectionDraft(Draft):
    """Source servers by their ids, or by tags that all must match: one of the two."""

    ids: list[ServerId] | None = Field(
        default=None, min_length=1, max_length=limits.SERVERS_PER_GROUP
    )
    tags: dict[TagKey, TagValue] | None = Field(
        default=None, min_length=1, max_length=limits.TAGS_PER_SELECTION
    )

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.ids is None) == (self.tags is None):
            raise ValueError("give either ids or tags")
        twice = sorted(one for one, count in Counter(self.ids or ()).items() if count > 1)
        if twice:
            raise ValueError(f"named more than once: {', '.join(twice)}")
        return self


class CriticalDraft(SelectionDraft):
    """The servers without which a wave has failed."""

    ids: list[ServerId] | None = Field(
        default=None, min_length=1, max_length=limits.CRITICAL_SERVERS_PER_WAVE
    )


class GroupDraft(Draft):
    """A protection group."""

    name: Name
    account_id: AccountId
    region: Region
    servers: SelectionDraft

    def content(self) -> GroupContent:
        """What it says."""
        return GroupContent.content_of(self.model_dump(by_alias=True))


class GroupRevision(GroupDraft):
    """A change to a protection group."""

    version: Version


class AllPolicy(Draft):
    """Every server must launch."""

    kind: Literal["all"]


class CriticalPolicy(Draft):
    """These servers must launch; the others may fail."""

    kind: Literal["critical"]
    servers: CriticalDraft


class AtLeastPolicy(Draft):
    """So many per cent of the servers must launch."""

    kind: Literal["atLeast"]
    percent: Whole = Field(ge=1, le=100)


Policy = Annotated[AllPolicy | CriticalPolicy | AtLeastPolicy, Field(discriminator="kind")]


class WaveTerms(Draft):
    """What a wave says, apart from its groups."""

    name: Name
    depends_on: list[Name] = Field(default=[], max_length=limits.WAVES)
    pause_before: bool = False
    timeout_minutes: Whole = Field(
        default=limits.WAVE_TIMEOUT_MINUTES, ge=1, le=limits.MAX_WAVE_TIMEOUT_MINUTES
    )
    failure_policy: Policy = AllPolicy(kind="all")


class WaveDraft(WaveTerms):
    """A wave."""

    group_ids: list[GroupId] = Field(default=[], max_length=limits.GROUPS_PER_WAVE)


class PlanTerms(Draft):
    """What a plan says, apart from its waves."""

    name: Name
    on_failure: OnFailure = OnFailure.STOP
    rto_minutes: Whole | None = Field(default=None, ge=1, le=limits.MAX_OBJECTIVE_MINUTES)
    rpo_minutes: Whole | None = Field(default=None, ge=1, le=limits.MAX_OBJECTIVE_MINUTES)
    timeout_minutes: Whole = Field(
        default=limits.PLAN_TIMEOUT_MINUTES, ge=1, le=limits.MAX_PLAN_TIMEOUT_MINUTES
    )
    pause_timeout_minutes: Whole = Field(
        default=limits.PAUSE_TIMEOUT_MINUTES, ge=1, le=limits.MAX_PAUSE_TIMEOUT_MINUTES
    )


class PlanDraft(PlanTerms):
    """A recovery plan."""

    waves: list[WaveDraft] = Field(max_length=limits.WAVES)

    def content(self) -> PlanContent:
        """What it says."""
        return PlanContent.content_of(self.model_dump(by_alias=True))


class PlanRevision(PlanDraft):
    """A change to a recovery plan."""

    version: Version
