"""The ID token of a sample person, for programs that ask the API of the embedded AWS."""

from breakwater import contract
from breakwater.contract import Role
from breakwater_local import emulator
from breakwater_local.bring_up import api_outputs
from breakwater_local.managed_login import Site, sign_in
from breakwater_local.place import Place
from breakwater_local.problem import Problem
from breakwater_local.sample_people import PASSWORD, PEOPLE


def sample_token(place: Place, role: Role) -> str:
    """Signed in anew, as whoever has this role."""
    running = emulator.find(place)
    if running is None:
        raise Problem("The embedded AWS is not running, so nobody can sign in.", "make up")
    outputs = api_outputs(running)
    site = Site(running, outputs[contract.CLIENT_OUTPUT], outputs[contract.PORTAL_URL_OUTPUT])
    [person] = [one for one in PEOPLE if one.role is role]
    return str(sign_in(site, person.address, PASSWORD)["id_token"])
