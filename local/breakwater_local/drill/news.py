"""What happened between two looks at a run, line by line: for logs and pipes. Pure."""

from collections.abc import Iterator
from datetime import datetime

from breakwater_local.drill.run_time import (
    ENDED,
    Json,
    elapsed,
    server_seconds,
    servers,
    wave_seconds,
    waves,
)
from breakwater_local.style import Style, minutes, plain, sign

_AS_ITS_WAVE = frozenset({"PENDING", "LAUNCHING", "SKIPPED"})


def news(before: Json | None, run: Json, now: datetime, style: Style) -> list[str]:
    """A line for each thing that changed, each with the run's time; nothing if nothing did."""
    at = f"{minutes(elapsed(run, now)):>8} "
    return [at + line for line in _news(before, run, now, style)]


def _news(before: Json | None, run: Json, now: datetime, style: Style) -> Iterator[str]:
    if before is None or before["status"] != run["status"]:
        cause = f": {plain(run['cause'])}" if run["cause"] else ""
        yield _line("run", run["status"], style) + cause
    for text in run["attention"]:
        if before is None or text not in before["attention"]:
            yield f"! {plain(text)}"
    known_risk = before is not None and before["rtoAtRisk"]
    if run["rtoAtRisk"] and not known_risk and run["status"] not in ENDED:
        yield "! The recovery time objective is at risk."
    known = {wave["name"]: wave for wave in waves(before)} if before else {}
    for wave in waves(run):
        yield from _of_wave(known.get(wave["name"]), wave, run, now, style)
    steps = {_step(one): one["status"] for one in (before or {}).get("compensation") or []}
    for step in run.get("compensation") or []:
        if steps.get(_step(step)) != step["status"]:
            cause = f": {plain(step['cause'])}" if step["cause"] else ""
            yield _line(plain(step["name"]), step["status"], style) + cause


def _of_wave(
    before: Json | None, wave: Json, run: Json, now: datetime, style: Style
) -> Iterator[str]:
    if wave["status"] != "PENDING" and (before is None or _stands(before) != _stands(wave)):
        said = _more(wave, wave_seconds(run, wave, now))
        yield _line(f"wave {plain(wave['name'])}", wave["status"], style) + said
    known = {_server(one): one for one in before["servers"]} if before else {}
    for server in servers(wave):
        earlier = known.get(_server(server))
        if server["status"] in _AS_ITS_WAVE and not server["launchStatus"] and not server["cause"]:
            continue
        if earlier is None or _looks(earlier) != _looks(server):
            yield _line(plain(server["name"]), server["status"], style) + _of_server(
                server, server_seconds(run, wave, server, now)
            )


def _more(wave: Json, seconds: float | None) -> str:
    parts = []
    if wave["status"] == "HELD":
        parts.append("released" if wave["released"] else "waits for a person")
    else:
        parts.append(f"{wave['serversLaunched']} of {wave['serverCount']} servers")
    if seconds:
        parts.append(f"after {minutes(seconds)}")
    cause = f": {plain(wave['cause'])}" if wave["cause"] else ""
    return f"  {', '.join(parts)}{cause}"


def _of_server(server: Json, seconds: float | None) -> str:
    parts = [
        f"DRS: {plain(server['launchStatus'])}" if server["launchStatus"] else "",
        plain(server["recoveryInstanceId"]) if server["recoveryInstanceId"] else "",
        f"after {minutes(seconds)}" if seconds and server["status"] != "LAUNCHING" else "",
    ]
    said = ", ".join(part for part in parts if part)
    cause = f": {plain(server['cause'])}" if server["cause"] else ""
    return (f"  {said}" if said else "") + cause


def _line(who: str, status: str, style: Style) -> str:
    symbol, colour = sign(status)
    return f"{style.paint(symbol, colour)} {who} {style.paint(status, colour)}"


def _stands(wave: Json) -> tuple[object, ...]:
    return wave["status"], wave["released"]


def _looks(server: Json) -> tuple[object, ...]:
    shown = ("status", "launchStatus", "recoveryInstanceId", "cause")
    return tuple(server[name] for name in shown)


def _server(server: Json) -> tuple[str, str, str]:
    return server["accountId"], server["region"], server["sourceServerId"]


def _step(step: Json) -> tuple[int, str]:
    return step["round"], step["name"]
