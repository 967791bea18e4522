"""Who may do what. Roles are groups of the user pool; permissions are what routes ask for."""

from collections.abc import Collection
from enum import StrEnum

from breakwater.contract import Role


class Permission(StrEnum):
    """What a route asks for."""

    READ = "read"
    PLAN = "plan"
    RUN_DRILL = "runDrill"
    RUN_RECOVERY = "runRecovery"


_HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.READ: frozenset(Role),
    Permission.PLAN: frozenset({Role.PLANNER, Role.COMMANDER}),
    Permission.RUN_DRILL: frozenset({Role.OPERATOR, Role.COMMANDER}),
    Permission.RUN_RECOVERY: frozenset({Role.COMMANDER}),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold it."""
    return _HELD_BY[permission]


def is_allowed(roles: Collection[Role], permission: Permission) -> bool:
    """Does one of these roles hold it?"""
    return not _HELD_BY[permission].isdisjoint(roles)


def permissions_of(roles: Collection[Role]) -> list[Permission]:
    """Everything that these roles may do together."""
    return [permission for permission in Permission if is_allowed(roles, permission)]
