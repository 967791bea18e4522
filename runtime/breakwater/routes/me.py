"""/me: what the product knows of whoever asks, so that a page can show what they may do."""

from pydantic import Field

from breakwater.contract import Role
from breakwater.platform.http.caller import caller
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission, permissions_of
from breakwater.platform.http.route import Route


class Me(Model):
    """The caller."""

    subject: str = Field(description="the user pool's id; never changes")
    name: str = Field(description="the e-mail address, else the user name")
    roles: list[Role]
    permissions: list[Permission]


def get_me() -> Me:
    """Who am I, and what may I do?"""
    identity = caller()
    return Me(
        subject=identity.subject,
        name=identity.name,
        roles=sorted(identity.roles),
        permissions=permissions_of(identity.roles),
    )


ROUTES = [
    Route(
        method="GET",
        path="/me",
        permission=Permission.READ,
        summary="Who am I, and what may I do?",
        call=get_me,
    )
]
