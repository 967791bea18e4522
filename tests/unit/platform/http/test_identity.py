"""Who asks, and what they may."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.contract import Role
from breakwater.platform.http.errors import Forbidden, NotSignedIn
from breakwater.platform.http.identity import identity_of
from breakwater.platform.http.permissions import Permission, is_allowed, permissions_of

CLAIMS = {"sub": "s-1", "email": "ada@example.com", "token_use": "id"}


@pytest.mark.parametrize(
    "groups",
    [["operator", "viewer"], "[operator viewer]", "operator viewer"],
)
def test_groups_are_read_as_the_token_or_as_the_gateway_writes_them(groups: Any) -> None:
    identity = identity_of({**CLAIMS, "cognito:groups": groups}, "192.0.2.1")
    assert identity.roles == {Role.OPERATOR, Role.VIEWER}
    assert (identity.name, identity.address) == ("ada@example.com", "192.0.2.1")


@pytest.mark.parametrize(
    "groups",
    [
        *(None, "", "[]", [], "[admins root]", ["Commander"], {}),
        # Names that Cognito allows for one group, made to look like two.
        *("[x,commander]", ["x,commander"], "[[commander]]", "[x\u2003commander]"),
    ],
)
def test_a_group_that_we_do_not_know_gives_nothing(groups: Any) -> None:
    identity = identity_of({**CLAIMS, "cognito:groups": groups})
    assert identity.roles == frozenset()
    for permission in Permission:
        with pytest.raises(Forbidden):
            identity.require(permission)


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"email": "ada@example.com"}])
def test_a_token_that_names_nobody_is_no_sign_in(claims: dict[str, str]) -> None:
    with pytest.raises(NotSignedIn, match="names nobody"):
        identity_of({"token_use": "id", **claims})


@pytest.mark.parametrize("use", ["access", "", None, "ID"])
def test_any_other_token_is_refused_with_what_to_send(use: str | None) -> None:
    with pytest.raises(NotSignedIn, match="Send the ID token"):
        identity_of({**CLAIMS, "token_use": use})


def test_a_refusal_names_the_roles_that_would_do_and_the_callers_own() -> None:
    viewer = identity_of({**CLAIMS, "cognito:groups": ["viewer"]})
    with pytest.raises(Forbidden, match="needs the role commander or planner; yours: viewer") as no:
        viewer.require(Permission.PLAN)
    assert no.value.details == {"needed": ["commander", "planner"], "yours": ["viewer"]}


MATRIX = {
    Role.VIEWER: {Permission.READ},
    Role.OPERATOR: {Permission.READ, Permission.RUN_DRILL},
    Role.PLANNER: {Permission.READ, Permission.PLAN},
    Role.COMMANDER: set(Permission),
}


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_is_written_here(role: Role) -> None:
    assert set(permissions_of([role])) == MATRIX[role]


@given(st.sets(st.sampled_from(list(Role))), st.sampled_from(list(Permission)))
def test_roles_together_may_what_each_of_them_may(roles: set[Role], permission: Permission) -> None:
    assert is_allowed(roles, permission) == any(permission in MATRIX[role] for role in roles)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_whatever_stands_in_the_claim_it_never_gives_a_role_by_accident(claim: Any) -> None:
    roles = identity_of({**CLAIMS, "cognito:groups": claim}).roles
    assert all(role.value in str(claim) for role in roles)
