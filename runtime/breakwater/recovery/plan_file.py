"""Groups and plans as a file: groups are named, and every mistake is told with its line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field, ValidationError

from breakwater.platform.http.models import Model
from breakwater.recovery import limits
from breakwater.recovery.drafts import GroupDraft, Name, PlanTerms, WaveTerms
from breakwater.recovery.folded_name import folded
from breakwater.recovery.problem import Problem
from breakwater.recovery.protection_group import GroupContent, ProtectionGroup
from breakwater.recovery.recovery_plan import PlanContent, RecoveryPlan
from breakwater.recovery.yaml_text import UnreadableYaml, YamlText, read_yaml, write_yaml

_POLICY = "failurePolicy"
_REMEDIES = {
    "extra_forbidden": "There is no such field here: remove it, or correct its spelling.",
    "missing": "Add it.",
}


class FileWave(WaveTerms):
    """A wave, its groups by name."""

    groups: list[Name] = Field(default=[], max_length=limits.GROUPS_PER_WAVE)


class FilePlan(PlanTerms):
    """A plan, its groups by name."""

    waves: list[FileWave] = Field(max_length=limits.WAVES)

    def content(self, ids: Mapping[str, str]) -> PlanContent:
        """With the ids of its groups, by folded name; an unknown name stays as it is."""
        values = self.model_dump(by_alias=True)
        for wave in values["waves"]:
            wave["groupIds"] = [ids.get(folded(name), name) for name in wave.pop("groups")]
        return PlanContent.content_of(values)


class FileModel(Model):
    """A whole file."""

    groups: list[GroupDraft] = Field(default=[])
    plans: list[FilePlan] = Field(default=[])


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A mistake, and where in the file it is."""

    line: int
    problem: Problem


class PlanFileMistakes(ValueError):
    """The file cannot be applied; all its mistakes."""

    def __init__(self, mistakes: Iterable[FileProblem]) -> None:
        self.mistakes = sorted(mistakes, key=lambda one: one.line)
        super().__init__(f"{len(self.mistakes)} mistakes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """What the file says, with its lines."""

    groups: list[GroupContent]
    plans: list[FilePlan]
    text: YamlText

    def at(self, plan_index: int, problem: Problem) -> FileProblem:
        """A problem of one of its plans, with its place and line in this file."""
        place = f"plans[{plan_index}].{problem.place.replace('groupIds', 'groups')}"
        return FileProblem(line=self.text.line_of(place), problem=replace(problem, place=place))


def read_plan_file(text: str) -> PlanFile:
    """Read a file; PlanFileMistakes with every mistake of form in it."""
    try:
        read = read_yaml(text)
    except UnreadableYaml as error:
        remedy = "Correct the YAML."
        found = Problem(place="", code="unreadable", problem=error.problem, remedy=remedy)
        raise PlanFileMistakes([FileProblem(line=error.line, problem=found)]) from error
    try:
        model = FileModel.model_validate(read.values or {})
    except ValidationError as error:
        raise PlanFileMistakes(_mistake(read, one) for one in error.errors()) from error
    twice = [*_twice(read, "groups", model.groups), *_twice(read, "plans", model.plans)]
    if twice:
        raise PlanFileMistakes(twice)
    return PlanFile(
        groups=[group.content() for group in model.groups], plans=model.plans, text=read
    )


def write_plan_file(groups: Iterable[ProtectionGroup], plans: Iterable[RecoveryPlan]) -> str:
    """A file that says the same."""
    known = list(groups)
    names = {group.group_id: group.name for group in known}
    return write_yaml(
        {
            "groups": [group.content_json() for group in known],
            "plans": [plan_as_file(plan, names) for plan in plans],
        }
    )


def plan_as_file(plan: PlanContent, names: Mapping[str, str]) -> dict[str, Any]:
    """A plan with its groups by name, without what is not set."""
    values = {name: value for name, value in plan.content_json().items() if value is not None}
    values["waves"] = [
        {
            "name": wave["name"],
            "groups": [names.get(one, one) for one in wave["groupIds"]],
            **{name: value for name, value in wave.items() if name not in ("name", "groupIds")},
        }
        for wave in values["waves"]
    ]
    return values


def _mistake(read: YamlText, error: Any) -> FileProblem:
    place = _place(error["loc"])
    value = error["input"]
    received = f" (received {value!r})" if isinstance(value, str | int | float | bool) else ""
    return FileProblem(
        line=read.line_of(place),
        problem=Problem(
            place=place,
            code=error["type"],
            problem=f"{error['msg']}{received}",
            remedy=_REMEDIES.get(error["type"], "Correct the value."),
        ),
    )


def _place(location: tuple[int | str, ...]) -> str:
    place = ""
    for step, before in zip(location, (None, *location), strict=False):
        if isinstance(step, int):
            place += f"[{step}]"
        elif before != _POLICY:  # what follows is pydantic's name of the variant
            place += f".{step}" if place else step
    return place


def _twice(
    read: YamlText, kind: str, entries: Iterable[GroupDraft | FilePlan]
) -> Iterable[FileProblem]:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        before = first.setdefault(folded(entry.name), index)
        if before != index:
            place = f"{kind}[{index}].name"
            yield FileProblem(
                line=read.line_of(place),
                problem=Problem(
                    place=place,
                    code="duplicateName",
                    problem=f"{entry.name!r} is also the name of {kind}[{before}].",
                    remedy="Give each a name of its own; upper and lower case are the same.",
                ),
            )
