"""What validation finds, as the API tells it."""

from pydantic import Field

from breakwater.platform.http.models import Model
from breakwater.recovery.problem import Severity


class FindingModel(Model):
    """One thing that is wrong, or to be looked at."""

    place: str = Field(description="which field: waves[2].dependsOn[0]")
    code: str = Field(description="for programs; never changes")
    severity: Severity
    problem: str = Field(description="what is wrong, with the value received")
    remedy: str = Field(description="what to do next")
