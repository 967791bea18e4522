"""Waves and their servers, with their times, recovery points and phases. Pure."""

from breakwater.recovery.report.page.gantt import SERVER_ROWS
from breakwater.recovery.report.page.markup import Html, joined, name, tag
from breakwater.recovery.report.page.tables import section, table
from breakwater.recovery.report.page.words import (
    UNKNOWN,
    after_start,
    badge,
    lasted,
    many,
    moment,
    verdict,
)
from breakwater.recovery.report.parts import ServerReport, WaveReport
from breakwater.recovery.report.run_report import RunReport

_PHASES = {
    "SNAPSHOT_START": "snapshot",
    "SNAPSHOT_END": "snapshot done",
    "CONVERSION_START": "conversion",
    "CONVERSION_END": "conversion done",
    "LAUNCH_START": "launch",
    "LAUNCH_FAILED": "launch failed",
    "USING_PREVIOUS_SNAPSHOT": "older snapshot",
}


def waves(report: RunReport) -> Html:
    """One row each."""
    rows = table(
        (
            ("Wave", "nm", lambda one: [name(one.name), _because(one)]),
            ("Status", "nw", lambda one: badge(one.status.value)),
            ("After", "nm", lambda one: _names(one.depends_on)),
            ("Started", "n nw", lambda one: _started(one, report)),
            ("Recovery time", "n nw", lambda one: lasted(one.recovery_time, report)),
            ("Reached after", "n nw", lambda one: lasted(one.reached_after, report)),
            ("For a person", "n nw", lambda one: lasted(one.waited_for_person, report)),
            ("Up", "n nw", lambda one: f"{one.servers_launched:,} of {one.servers:,}"),
            ("Must launch", "", policy_told),
        ),
        report.waves,
    )
    return section("waves", "Waves", rows)


def servers(report: RunReport) -> Html:
    """A table per wave; closed where there are many and all is well."""
    few = len(report.servers) <= SERVER_ROWS
    tables = []
    by_wave: dict[str, list[ServerReport]] = {}
    for server in report.servers:
        by_wave.setdefault(server.wave, []).append(server)
    for wave, mine in by_wave.items():
        up = sum(one.status.value == "LAUNCHED" for one in mine)
        told = tag("summary", name(wave), f": {up:,} of {many(len(mine), 'server')} up")
        open_ = few or up < len(mine)
        tables.append(tag("details", told, _servers(mine, report), open=open_))
    note = "Phases, from DRS's job log, and times are after the start of the run."
    return section("servers", "Servers", tag("p", note, class_="soft"), tables)


def _servers(mine: list[ServerReport], report: RunReport) -> Html:
    return table(
        (
            ("Server", "nm", _server),
            ("Status", "nm", _status),
            ("Instance", "mono nw", _instance),
            ("Up after", "n nw", lambda one: lasted(one.recovery_time, report)),
            ("Own launch", "n nw", lambda one: lasted(one.launch_time, report)),
            ("Recovery point", "nm", lambda one: _point(one, report)),
            ("Phases", "small nm", lambda one: _phases(one, report)),
        ),
        mine,
    )


def _server(one: ServerReport) -> Html:
    flags = [told for told, is_so in (("critical", one.critical),) if is_so]
    where = f"{one.server_id} · {one.region} · {one.account_id}"
    return joined([name(one.name), " " + " ".join(flags), tag("div", where, class_="soft mono")])


def _status(one: ServerReport) -> Html:
    more = [one.cause] if one.cause else []
    if one.taken_over:
        more.append("Taken over from the run that this one retries.")
    if one.actions:
        more.append(f"Post-launch actions {one.actions}.")
    return joined(
        [badge(one.status.value), [tag("div", told, class_="small any") for told in more]]
    )


def _instance(one: ServerReport) -> Html | str:
    if one.recovery_instance_id is None:
        return UNKNOWN
    state = one.instance_state or "state unknown"
    tagged = "" if one.tagged else ", not tagged"
    told = [tag("div", f"{state}{tagged}"), tag("div", one.job_id or "")]
    return joined([one.recovery_instance_id, tag("div", told, class_="soft")])


def _point(one: ServerReport, report: RunReport) -> Html | str:
    if one.recovery_point is None:
        return "unknown" if one.confirmed_at else UNKNOWN
    if one.recovery_point.seconds:
        age: object = [lasted(one.recovery_point, report), " old "]
    else:
        age = "from after the start "
    older = tag("div", "an older snapshot was used") if one.previous_snapshot else None
    at = tag("div", moment(one.point_in_time), class_="soft small")
    return joined([age, verdict(one.recovery_point_met), at, older])


def _phases(one: ServerReport, report: RunReport) -> Html:
    told = [
        tag("span", f"{_PHASES.get(phase.name, phase.name)} {after_start(phase.at, report)}")
        for phase in one.phases
        if not phase.name.startswith("JOB_")
    ]
    return joined([[", " if number else "", one] for number, one in enumerate(told)])


def _started(one: WaveReport, report: RunReport) -> str:
    return "before this run" if one.taken_over else after_start(one.started_at, report)


def _because(one: WaveReport) -> Html | None:
    told = one.cause or ("Taken over from the run that this one retries." if one.taken_over else "")
    return tag("div", told, class_="small soft any") if told else None


def _names(these: tuple[str, ...]) -> Html | str:
    if not these:
        return UNKNOWN
    return joined([[", " if number else "", name(one)] for number, one in enumerate(these)])


def policy_told(one: WaveReport) -> str:
    """Which servers must launch."""
    match one.policy.value:
        case "atLeast":
            return f"at least {one.percent} %"
        case "critical":
            return "the critical ones"
    return "all"
