"""Makes the groups and plans of a file so: what it would change, then the change.

What the file does not name is left alone: nothing is ever removed. Applied twice, the second time
finds nothing to do. Groups go first, then plans; each is one transaction, so if it ends halfway
what was saved is whole, and applying again does the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from breakwater.platform.http.identity import Identity
from breakwater.recovery.difference import Difference, differences
from breakwater.recovery.folded_name import folded
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_file import (
    FilePlan,
    FileProblem,
    PlanFile,
    PlanFileMistakes,
    plan_as_file,
)
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.plan_validation import plan_problems
from breakwater.recovery.problem import Severity
from breakwater.recovery.protection_group import GroupContent, ProtectionGroup
from breakwater.recovery.recovery_plan import RecoveryPlan

_NOT_YET = "new group "


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """A group that is new or differs."""

    content: GroupContent
    stored: ProtectionGroup | None
    differences: list[Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """A plan that is new or differs."""

    draft: FilePlan
    stored: RecoveryPlan | None
    differences: list[Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that applying the file would do."""

    groups: list[GroupChange]
    plans: list[PlanChange]
    warnings: list[FileProblem]
    group_ids: Mapping[str, str]
    """Folded name → id, of the groups that exist."""


class FileApply:
    """Compares files with what is kept, and applies them."""

    def __init__(self, groups: GroupStore, plans: PlanStore) -> None:
        self._groups = groups
        self._plans = plans

    def changes(self, file: PlanFile) -> Changes:
        """What would change; PlanFileMistakes with every problem of every plan."""
        stored = {folded(group.name): group for group in self._groups_of(file)}
        written = {folded(group.name): group for group in file.groups}
        exist = {name: group.group_id for name, group in stored.items()}
        ids = {name: f"{_NOT_YET}{name}" for name in written} | exist
        contents = {ids[name]: group for name, group in {**stored, **written}.items()}
        found = [
            file.at(index, problem)
            for index, draft in enumerate(file.plans)
            for problem in plan_problems(draft.content(ids), contents)
        ]
        mistakes = [one for one in found if one.problem.severity is Severity.PROBLEM]
        if mistakes:
            raise PlanFileMistakes(mistakes)
        names = {one: group.name for one, group in contents.items()}
        groups = [_group_change(one, stored.get(folded(one.name))) for one in file.groups]
        plans = [self._plan_change(draft, ids, names) for draft in file.plans]
        return Changes(
            groups=[group for group in groups if group.differences],
            plans=[plan for plan in plans if plan.differences],
            warnings=[one for one in found if one.problem.severity is Severity.WARNING],
            group_ids=exist,
        )

    def apply(self, changes: Changes, by: Identity, at: datetime) -> Iterator[str]:
        """Make it so; a line for each change as soon as it is saved."""
        ids = dict(changes.group_ids)
        for group in changes.groups:
            content, kept = group.content, group.stored
            if kept is None:
                ids[folded(content.name)] = self._groups.create(content, by, at).group_id
                yield f"created group {content.name}"
            else:
                self._groups.update(kept.group_id, content, kept.version, by, at)
                yield f"changed group {content.name}"
        for plan in changes.plans:
            draft, stored = plan.draft.content(ids), plan.stored
            if stored is None:
                self._plans.create(draft, by, at)
                yield f"created plan {draft.name}"
            else:
                self._plans.update(stored.plan_id, draft, stored.version, by, at)
                yield f"changed plan {draft.name}"

    def _groups_of(self, file: PlanFile) -> Iterator[ProtectionGroup]:
        named = {folded(group.name): group.name for group in file.groups}
        for plan in file.plans:
            for wave in plan.waves:
                named.update({folded(name): name for name in wave.groups})
        for name in named.values():
            group = self._groups.named(name)
            if group is not None:
                yield group

    def _plan_change(
        self, draft: FilePlan, ids: Mapping[str, str], names: Mapping[str, str]
    ) -> PlanChange:
        stored = self._plans.named(draft.name)
        all_names = dict(names)
        if stored is not None:
            missing = [one for one in stored.group_ids if one not in all_names]
            all_names |= {one.group_id: one.name for one in self._groups.get_many(missing).values()}
        before = plan_as_file(stored, all_names) if stored else {}
        after = plan_as_file(draft.content(ids), all_names)
        return PlanChange(draft=draft, stored=stored, differences=differences(before, after))


def _group_change(content: GroupContent, stored: ProtectionGroup | None) -> GroupChange:
    before = stored.content_json() if stored else {}
    return GroupChange(
        content=content, stored=stored, differences=differences(before, content.content_json())
    )
