"""What in a servers file does not go together, looked for in the file as it was read."""

from collections.abc import Iterator
from typing import Any

from breakwater_local.drs.files.place import Place

Found = tuple[Place, str]


def contradictions(content: Any) -> Iterator[Found]:
    """Everything of the kind, whatever else is wrong with the file."""
    places: set[tuple[str, str]] = set()
    ids: set[str] = set()
    worlds = content.get("worlds") if isinstance(content, dict) else None
    for number, world in _dictionaries(worlds):
        here = (str(world.get("account")), str(world.get("region")))
        if here in places:
            yield ("worlds", number), f"{here} is there already; add its servers to it"
        places.add(here)
        known: set[str] = set()
        for index, server in _dictionaries(world.get("servers")):
            yield from _of_server(server, ("worlds", number, "servers", index), known, ids)


def _of_server(
    server: dict[str, Any], place: Place, known: set[str], ids: set[str]
) -> Iterator[Found]:
    name, server_id = server.get("name"), server.get("id")
    if isinstance(name, str):
        # The host name is the name in small letters: two of them would be one machine.
        if name.lower() in known:
            yield (*place, "name"), f"two servers are called {name!r} here"
        known.add(name.lower())
    if isinstance(server_id, str):
        if server_id in ids:
            yield (*place, "id"), f"two servers have the id {server_id!r}"
        ids.add(server_id)
    if server.get("origin") == "aws" and "originRegion" not in server:
        yield place, "a server from AWS needs its `originRegion`"
    if server.get("origin") != "aws" and "originRegion" in server:
        yield (*place, "originRegion"), "only a server with `origin: aws` has one"


def _dictionaries(written: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, one in enumerate(written if isinstance(written, list) else ()):
        if isinstance(one, dict):
            yield number, one
