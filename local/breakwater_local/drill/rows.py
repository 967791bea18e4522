"""The lines of waves, servers and steps of a cleanup. Pure."""

from collections.abc import Iterator

from breakwater_local.drill.canvas import STATUS, TIME, Canvas
from breakwater_local.drill.run_time import Json, server_seconds, wave_seconds
from breakwater_local.style import BOLD, DIM, RED, fitted, minutes, plain, sign, wrapped

_REASONS = {
    "dependencyFailed": "one before failed",
    "runEnded": "the run ended",
    "cancelled": "cancelled",
}


def wave_row(run: Json, wave: Json, on: Canvas) -> str:
    """A wave: sign, name, status, servers, time."""
    status = wave["status"]
    symbol, colour = sign(status)
    paint = on.style.paint
    return (
        f"{paint(symbol, colour)} {paint(fitted(plain(wave['name']), on.name + 2), BOLD)} "
        f"{paint(fitted(status, STATUS), colour)} {fitted(_of_wave(wave, on.middle), on.middle)}"
        f"{_time(wave_seconds(run, wave, on.now))}"
    ).rstrip()


def server_rows(run: Json, wave: Json, server: Json, on: Canvas) -> Iterator[str]:
    """A server: sign, name, status, what DRS says, instance, time; below it, why it failed."""
    status = server["status"]
    symbol, colour = sign(status)
    paint = on.style.paint
    said = ((on.drs, server["launchStatus"]), (on.instance, server["recoveryInstanceId"]))
    middle = "".join(f"{fitted(plain(text or ''), width)} " for width, text in said if width)
    yield (
        f"  {paint(symbol, colour)} {fitted(plain(server['name']), on.name)} "
        f"{paint(fitted(status, STATUS), colour)} {middle}"
        f"{_time(server_seconds(run, wave, server, on.now))}"
    ).rstrip()
    if server["cause"]:
        yield from (paint(one, DIM) for one in wrapped(server["cause"], on.width, "    ", 2))


def step_rows(step: Json, on: Canvas) -> Iterator[str]:
    """A step of a cleanup; below it, why it failed."""
    status = step["status"]
    symbol, colour = sign(status)
    words = fitted(plain(step["name"]), on.width - len(status) - 3)
    yield f"{on.style.paint(symbol, colour)} {words} {on.style.paint(status, colour)}"
    if step["cause"]:
        yield from (on.style.paint(one, RED) for one in wrapped(step["cause"], on.width, "  ", 2))


def _of_wave(wave: Json, room: int) -> str:
    status, needs = wave["status"], wave["dependsOn"]
    if status == "PENDING" and needs:
        return f"after {', '.join(plain(one) for one in needs)}"
    if status == "HELD":
        return "released" if wave["released"] else "waits for you"
    if status in ("SKIPPED", "CANCELLED") and wave["reason"]:
        return _REASONS.get(wave["reason"], plain(wave["reason"]))
    counted = f"{wave['serversLaunched']} of {wave['serverCount']}"
    more = " servers, taken over" if wave["takenOver"] else " servers"
    return counted + more if len(counted + more) < room else counted


def _time(seconds: float | None) -> str:
    return fitted(minutes(seconds) if seconds is not None else "", TIME, right=True)
