"""Can a fault strike at all? One that cannot is a mistake: the rehearsal would prove nothing."""

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from breakwater_local.drs.files import call_faults, server_faults
from breakwater_local.drs.files.fault import Fault, is_meant
from breakwater_local.drs.files.servers import KnownServer
from breakwater_local.drs.supported import LISTS, NAMING_SERVERS, SUPPORTED
from breakwater_local.drs.wire.model import operations

Found = tuple[str, str]
"""The key of the fault that is wrong, and why."""

# The operations that can meet a fault, where not every one can.
_ONLY = {
    call_faults.EmptyParticipants: ("StartRecovery",),
    call_faults.SmallPages: LISTS,
    call_faults.DefaultEbsKey: ("CreateExtendedSourceServer",),
    call_faults.UninitializedAccount: tuple(
        name
        for name in SUPPORTED
        if name not in ("InitializeService", "ListTagsForResource", "TagResource", "UntagResource")
    ),
}
# The errors that only some operations know.
_ERRORS = {
    call_faults.Conflict: "ConflictException",
    call_faults.QuotaExceeded: "ServiceQuotaExceededException",
    call_faults.Throttled: "ThrottlingException",
}


def never_strikes(fault: Fault, known: Collection[KnownServer]) -> Iterator[Found]:
    """Why this fault never could, if it could not."""
    patterns: Sequence[str] = getattr(fault, "server", None) or ()
    for said in unknown_servers(patterns, known):
        yield "server", said
    meant = [one for one in known if is_meant(patterns, *one.names)]
    if meant:
        yield from _elsewhere(fault, meant)
    if isinstance(fault, call_faults.CallFault):
        yield from _not_of_these_calls(fault)
    if isinstance(fault, server_faults.ActionFails) and meant:
        actions = {action for one in meant for action in one.actions}
        if not any(fnmatchcase(action, fault.action) for action in actions):
            there = ", ".join(sorted(actions)) or "none"
            yield (
                "action",
                (f"no post-launch action of these servers is {fault.action!r}; there are: {there}"),
            )


def unknown_servers(patterns: Sequence[str], known: Collection[KnownServer]) -> Iterator[str]:
    """Each pattern that means nobody."""
    for pattern in patterns:
        if not any(is_meant([pattern], *one.names) for one in known):
            there = ", ".join(sorted({one.names[0] for one in known})) or "none"
            yield f"no server is {pattern!r}; there are: {there}"


def _elsewhere(fault: Fault, meant: Sequence[KnownServer]) -> Iterator[Found]:
    """They are in other accounts or Regions than the fault."""
    for key, there in (
        ("account", {one.account for one in meant}),
        ("region", {region for one in meant for region in one.regions}),
    ):
        asked = getattr(fault, key)
        if asked is not None and asked not in there:
            yield (
                key,
                (
                    f"none of these servers is in {asked}; they are in {', '.join(sorted(there))}. "
                    f"Leave `{key}` out to strike them wherever they are"
                ),
            )
            return
    if fault.account and fault.region:
        both = [one for one in meant if one.account == fault.account]
        if not any(fault.region in one.regions for one in both):
            yield "region", f"none of these servers is in {fault.region} of account {fault.account}"


def _not_of_these_calls(fault: call_faults.CallFault) -> Iterator[Found]:
    known = operations()
    for call in fault.call or ():
        only, error = _ONLY.get(type(fault)), _ERRORS.get(type(fault))
        if only is not None and call not in only:
            yield "call", f"{call} never meets {_name(fault)}; it strikes {', '.join(only)}"
        elif error is not None and error not in known[call].errors:
            able = [name for name in SUPPORTED if error in known[name].errors]
            yield "call", f"{call} knows no {error}; these do: {', '.join(able)}"
        elif fault.server is not None and call not in NAMING_SERVERS:
            yield "server", f"a call of {call} names no server; leave `server` out"


def _name(fault: Fault) -> str:
    return str(getattr(fault, "fault", type(fault).__name__))
