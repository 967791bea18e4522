"""The top of the page: what came of it, in one look. Pure."""

from breakwater.recovery.report.page.markup import Html, name, tag
from breakwater.recovery.report.page.tables import facts
from breakwater.recovery.report.page.words import badge, lasted, many, moment, tone, verdict
from breakwater.recovery.report.parts import RecoveryTime, Severity
from breakwater.recovery.report.run_report import RunReport
from breakwater.recovery.told_time import told_moment, told_seconds


def summary(report: RunReport) -> Html:
    """Kind, plan, outcome, what to know before reading on, six figures."""
    kind = "DRILL" if report.is_drill else "REAL RECOVERY"
    return tag(
        "header",
        tag("span", kind, class_="kind" if report.is_drill else "kind real"),
        " ",
        badge(report.status.value),
        tag("h1", name(report.plan_name)),
        tag("div", f"Recovery run {report.execution_id}", class_="soft mono"),
        _headline(report),
        _not_final(report),
        _fast_clock(report),
        tag("div", _cards(report), class_="cards"),
        _facts(report),
    )


def _headline(report: RunReport) -> Html:
    cause = tag("p", report.cause, class_="any") if report.cause else None
    shade = tone(report.status.value)
    if shade == "good" and report.recovery_time.met is False:
        shade = "warn"
    if report.cleanup_incomplete:
        shade = "bad"
    return tag("div", tag("strong", report.headline), cause, class_=f"headline {shade}")


def _not_final(report: RunReport) -> Html | None:
    if report.final:
        return None
    told = " ".join(report.still_open)
    return _note(f"Not final: as of {told_moment(report.as_of)}. {told} Figures may still change.")


def _fast_clock(report: RunReport) -> Html | None:
    if report.time_scale == 1:
        return None
    return _note(
        f"On the embedded AWS: this run's minutes passed {report.time_scale} times faster than the "
        "wall clock. Durations are the run's, which objectives are compared with; the wall clock's "
        "stand beside them. Times of day are the wall clock's. This proves the order of things, "
        "not how fast AWS is."
    )


def _note(told: str) -> Html:
    return tag("div", tag("p", told), class_="note")


def _cards(report: RunReport) -> list[Html]:
    return [
        _time_card(report),
        _servers_card(report),
        _waves_card(report),
        _point_card(report),
        _deviations_card(report),
        _decisions_card(report),
    ]


def _card(title: str, big: object, *more: object) -> Html:
    lines = [tag("p", one) if not _is_block(one) else one for one in more if one]
    return tag("div", tag("h3", title), tag("div", big, class_="big"), lines, class_="card")


def _is_block(one: object) -> bool:
    return isinstance(one, Html) and one.startswith("<svg")


def _time_card(report: RunReport) -> Html:
    time = report.recovery_time
    title = "Recovery time" if time.measured else "Elapsed, not recovered"
    if report.ended_at is None:
        title = "Elapsed so far"
    if time.objective_minutes is None:
        objective: object = "The plan has no objective."
    else:
        told = told_seconds(time.objective_minutes * 60)
        objective = [f"Objective {told} ", verdict(time.met)]
    paused: list[object] = []
    if time.paused.wall_seconds:
        paused = ["Paused ", lasted(time.paused, report)]
        if time.without_pauses:
            paused += [
                "; without: ",
                lasted(time.without_pauses, report),
                " ",
                verdict(time.met_without_pauses),
            ]
    return _card(title, lasted(time.elapsed, report), _meter(time), objective, paused)


def _meter(time: RecoveryTime) -> Html | None:
    if not time.objective_minutes:
        return None
    objective = time.objective_minutes * 60
    whole = max(objective, time.elapsed.seconds)
    shade = {True: "f-good", False: "f-bad", None: "f-quiet"}[time.met]
    return tag(
        "svg",
        tag("rect", class_="track", width="100%", height="8", rx="4"),
        tag("rect", class_=shade, width=f"{time.elapsed.seconds / whole:.1%}", height="8", rx="4"),
        tag(
            "rect",
            class_="mark",
            x=f"{objective / whole * 99:.1f}%",
            y="-3",
            width="3",
            height="14",
        ),
        class_="meter",
        width="100%",
        height="8",
        role="img",
        aria_label=f"{time.elapsed.seconds / objective:.0%} of the objective",
    )


def _servers_card(report: RunReport) -> Html:
    counts = report.server_counts
    up = counts["LAUNCHED"]
    others = [
        f"{count:,} {status.lower()}"
        for status, count in counts.items()
        if count and status != "LAUNCHED"
    ]
    return _card("Servers up", f"{up:,} of {sum(counts.values()):,}", ", ".join(others) or "All.")


def _waves_card(report: RunReport) -> Html:
    counts = report.wave_counts
    others = [
        f"{count} {status.lower()}"
        for status, count in counts.items()
        if count and status != "COMPLETED"
    ]
    done = f"{counts['COMPLETED']} of {sum(counts.values())}"
    return _card("Waves completed", done, ", ".join(others) or "All.")


def _point_card(report: RunReport) -> Html:
    point = report.recovery_point
    if point.objective_minutes is None:
        objective: object = "The plan has no objective."
    else:
        objective = [f"Objective {told_seconds(point.objective_minutes * 60)} ", verdict(point.met)]
    which = ["Of ", name(point.worst_server)] if point.worst_server else None
    previous = None
    if point.previous_snapshots:
        previous = f"{many(point.previous_snapshots, 'server')} from an older snapshot."
    return _card("Worst recovery point", lasted(point.worst, report), objective, which, previous)


def _deviations_card(report: RunReport) -> Html:
    counts = {
        severity: sum(one.severity is severity for one in report.deviations)
        for severity in Severity
    }
    told = ", ".join(many(count, severity.value) for severity, count in counts.items() if count)
    return _card("Deviations", f"{len(report.deviations):,}", told or "None.")


def _decisions_card(report: RunReport) -> Html:
    people = list(dict.fromkeys(one.by for one in report.decisions))
    shown: list[object] = []
    for one in people[:3]:
        shown += [", " if shown else "By ", name(one)]
    if len(people) > 3:
        shown.append(f" and {len(people) - 3} more")
    return _card("Decisions", f"{len(report.decisions):,}", shown)


def _facts(report: RunReport) -> Html:
    return facts(
        [
            ("Asked for", [moment(report.started_at), " by ", name(report.requested_by)]),
            ("Reason", name(report.reason) if report.reason else "none given"),
            ("Taken up", moment(report.begun_at) if report.begun_at else None),
            ("Ended", moment(report.ended_at) if report.ended_at else "not yet"),
            ("Retry of", report.retry_of),
            ("Retried by", report.retried_by),
            ("Needs attention", [tag("p", one) for one in report.attention] or None),
            ("Report made", moment(report.as_of)),
        ]
    )
