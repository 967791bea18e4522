"""Asks everything that decides whether a plan would work now, and judges it.

Cost for a plan in p accounts and Regions with n servers: what `survey` costs at each place, the
places at the same time (eight at most); and n/100 BatchGetItem of leases. So DRS is asked in
proportion to pages of servers, not to servers.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater.platform import clock
from breakwater.recovery import limits
from breakwater.recovery.launch_network import LaunchNetworks
from breakwater.recovery.problem import Problem, Severity, warning
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.readiness import readiness
from breakwater.recovery.recovery_plan import PlanContent
from breakwater.recovery.server_directory import ServerDirectory
from breakwater.recovery.server_leases import Leases
from breakwater.recovery.survey import survey
from breakwater.recovery.target import Target
from breakwater.recovery.target_facts import TargetFacts, target_of
from breakwater.recovery.unreachable import Unreachable

_PLACES_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """What was found, and over how much."""

    findings: tuple[Problem, ...]
    checked_at: str
    servers: Mapping[str, int]
    """Wave name → how many servers it resolves to."""

    @property
    def problems(self) -> list[Problem]:
        """What keeps the plan from working."""
        return [one for one in self.findings if one.severity is Severity.PROBLEM]

    @property
    def warnings(self) -> list[Problem]:
        """What a person should weigh."""
        return [one for one in self.findings if one.severity is Severity.WARNING]

    def to_json(self) -> dict[str, Any]:
        """In camelCase."""
        problems, warnings = self.problems, self.warnings
        most = limits.FINDINGS_TOLD
        return {
            "ready": not problems,
            "checkedAt": self.checked_at,
            "problems": [one.to_json() for one in problems[:most]],
            "problemCount": len(problems),
            "warnings": [one.to_json() for one in warnings[:most]],
            "warningCount": len(warnings),
            "waves": [{"name": name, "servers": count} for name, count in self.servers.items()],
        }


class PlanValidator:
    """Validates plans against DRS and EC2. AWS that refuses or is silent is a finding."""

    def __init__(
        self,
        directory: ServerDirectory,
        networks: LaunchNetworks,
        leases: Leases,
        *,
        control_region: str,
    ) -> None:
        self._directory = directory
        self._networks = networks
        self._leases = leases
        self._control_region = control_region

    def validate(
        self, plan: PlanContent, groups: Mapping[str, ProtectionGroup], at: datetime
    ) -> ValidationReport:
        """Everything about this plan; `groups` are those of its groups that exist, by id."""
        facts = self._facts(plan, groups, at)
        members = {
            wave.name: {
                server.key
                for group in (groups[one] for one in wave.group_ids if one in groups)
                for server in facts[target_of(group)].members_of(group)
            }
            for wave in plan.waves
        }
        held, unread = self._held(set().union(*members.values()))
        found = readiness(plan, groups, facts, leases=held, control_region=self._control_region)
        return ValidationReport(
            findings=(*found, *unread),
            checked_at=clock.iso(at),
            servers={name: len(keys) for name, keys in members.items()},
        )

    def _facts(
        self, plan: PlanContent, groups: Mapping[str, ProtectionGroup], at: datetime
    ) -> dict[Target, TargetFacts]:
        places: dict[Target, list[ProtectionGroup]] = {}
        for group in (groups[one] for one in plan.group_ids if one in groups):
            places.setdefault(target_of(group), []).append(group)
        if not places:
            return {}
        with ThreadPoolExecutor(max_workers=min(len(places), _PLACES_AT_ONCE)) as pool:
            found = pool.map(
                lambda place: survey(place[0], place[1], self._directory, self._networks, at),
                places.items(),
            )
            return dict(zip(places, found, strict=True))

    def _held(self, keys: set[str]) -> tuple[Mapping[str, str], list[Problem]]:
        try:
            return self._leases.holders(keys), []
        except Unreachable as silent:
            return {}, [
                warning(
                    place="waves",
                    code="leasesNotRead",
                    problem=f"Whether another run holds these servers is unknown: {silent.reason}.",
                    remedy="Validate again; a start takes the leases in any case.",
                )
            ]
