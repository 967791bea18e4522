"""A recovery plan: waves of protection groups, what each waits for, and how much time there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from breakwater.platform.attribute_values import from_item, to_item
from breakwater.recovery import limits
from breakwater.recovery.failure_policy import FailurePolicy
from breakwater.recovery.folded_name import folded

KIND = "PLAN"


class OnFailure(StrEnum):
    """What a failed wave means for the others. What depends on it never starts."""

    STOP = "stop"
    CONTINUE_INDEPENDENT = "continueIndependent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Servers that are launched together."""

    name: str

    group_ids: tuple[str, ...]
    """The protection groups whose servers it launches."""

    depends_on: tuple[str, ...] = ()
    """Names of the waves that must be complete before; none: it starts at once."""

    pause_before: bool = False
    """Wait for a person before it starts."""

    timeout_minutes: int = limits.WAVE_TIMEOUT_MINUTES
    failure_policy: FailurePolicy = field(default_factory=FailurePolicy)

    def to_json(self) -> dict[str, Any]:
        """In camelCase."""
        return {
            "name": self.name,
            "groupIds": list(self.group_ids),
            "dependsOn": list(self.depends_on),
            "pauseBefore": self.pause_before,
            "timeoutMinutes": self.timeout_minutes,
            "failurePolicy": self.failure_policy.to_json(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From camelCase; what is not said has its default."""
        return cls(
            name=values["name"],
            group_ids=tuple(values.get("groupIds") or ()),
            depends_on=tuple(values.get("dependsOn") or ()),
            pause_before=bool(values.get("pauseBefore", False)),
            timeout_minutes=int(values.get("timeoutMinutes", limits.WAVE_TIMEOUT_MINUTES)),
            failure_policy=FailurePolicy.from_json(values.get("failurePolicy") or {"kind": "all"}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """What a person writes."""

    name: str
    waves: tuple[Wave, ...]
    on_failure: OnFailure = OnFailure.STOP

    rto_minutes: int | None = None
    """Recovery time objective: how long the recovery may take; reported, never enforced."""

    rpo_minutes: int | None = None
    """Recovery point objective: how old the data may be; reported, never enforced."""

    timeout_minutes: int = limits.PLAN_TIMEOUT_MINUTES
    """After so long a run is ended; time in which it is paused does not count."""

    pause_timeout_minutes: int = limits.PAUSE_TIMEOUT_MINUTES
    """A run that nobody resumes for so long is ended."""

    @property
    def group_ids(self) -> tuple[str, ...]:
        """The groups of all waves, each once, in the order in which they are named."""
        return tuple(dict.fromkeys(group for wave in self.waves for group in wave.group_ids))

    def content_json(self) -> dict[str, Any]:
        """What a person wrote, in camelCase."""
        return {
            "name": self.name,
            "waves": [wave.to_json() for wave in self.waves],
            "onFailure": self.on_failure.value,
            "rtoMinutes": self.rto_minutes,
            "rpoMinutes": self.rpo_minutes,
            "timeoutMinutes": self.timeout_minutes,
            "pauseTimeoutMinutes": self.pause_timeout_minutes,
        }

    @classmethod
    def content_of(cls, values: Mapping[str, Any]) -> "PlanContent":
        """From camelCase; what is not said has its default."""
        return PlanContent(**_content(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPlan(PlanContent):
    """A plan as it is kept."""

    plan_id: str
    version: int
    """One more with every change; whoever changes it says which version they saw."""

    created_at: str
    updated_at: str
    updated_by: str

    def to_json(self) -> dict[str, Any]:
        """All of it, in camelCase."""
        return {
            "planId": self.plan_id,
            **self.content_json(),
            "version": self.version,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "updatedBy": self.updated_by,
        }

    def to_item(self) -> dict[str, Any]:
        """As it stands in the table."""
        return to_item({**self.to_json(), "kind": KIND, "foldedName": folded(self.name)})

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From camelCase, as a run keeps the plan that it was started with."""
        return cls(
            **_content(values),
            plan_id=values["planId"],
            version=values["version"],
            created_at=values["createdAt"],
            updated_at=values["updatedAt"],
            updated_by=values["updatedBy"],
        )

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """From the table."""
        return cls.from_json(from_item(item))


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": values["name"],
        "waves": tuple(Wave.from_json(wave) for wave in values["waves"]),
        "on_failure": OnFailure(values.get("onFailure", OnFailure.STOP)),
        "rto_minutes": values.get("rtoMinutes"),
        "rpo_minutes": values.get("rpoMinutes"),
        "timeout_minutes": values.get("timeoutMinutes", limits.PLAN_TIMEOUT_MINUTES),
        "pause_timeout_minutes": values.get("pauseTimeoutMinutes", limits.PAUSE_TIMEOUT_MINUTES),
    }
