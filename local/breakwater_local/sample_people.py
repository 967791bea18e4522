"""One person per role, so that anyone can try what each may do. On the embedded AWS only."""

from dataclasses import dataclass

from breakwater.contract import Role
from breakwater_local.emulator import Emulator

PASSWORD = "Breakwater-local-1"  # as public as the embedded AWS itself


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in."""

    address: str
    role: Role


PEOPLE = [Person(f"{role.value}@example.com", role) for role in Role]


def invite_sample_people(emulator: Emulator, user_pool: str) -> None:
    """Make those who are not there yet; a second call changes nothing."""
    cognito = emulator.client("cognito-idp")
    for person in PEOPLE:
        known = cognito.list_users(UserPoolId=user_pool, Filter=f'email = "{person.address}"')
        if known["Users"]:
            continue
        cognito.admin_create_user(
            UserPoolId=user_pool,
            Username=person.address,
            UserAttributes=[
                {"Name": "email", "Value": person.address},
                {"Name": "email_verified", "Value": "true"},
            ],
            TemporaryPassword=PASSWORD,
            MessageAction="SUPPRESS",
        )
        cognito.admin_set_user_password(
            UserPoolId=user_pool, Username=person.address, Password=PASSWORD, Permanent=True
        )
        cognito.admin_add_user_to_group(
            UserPoolId=user_pool, Username=person.address, GroupName=person.role.value
        )
