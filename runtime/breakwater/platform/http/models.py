"""What every model of the API has in common, and the shapes that all routes share."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")


class Model(BaseModel):
    """camelCase outside, snake_case inside; a field we do not know is refused, not ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        # Built when a request needs it: a cold start does not pay for the other routes' models.
        defer_build=True,
    )


class ErrorContent(Model):
    """What went wrong."""

    code: str = Field(description="for programs; never changes")
    message: str = Field(description="for people; says what to do")
    details: Any = Field(default=None, description="each problem, or what conflicts")


class ErrorBody(Model):
    """The body of every answer that is not a success."""

    error: ErrorContent


class Page(Model, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(description="where to go on; null at the end")
    partial: bool = Field(description="the page is short because reading it became too much")
