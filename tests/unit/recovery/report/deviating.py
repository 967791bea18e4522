"""Deviations of a report, as its tests ask for them."""

from breakwater.recovery.report.parts import Deviation
from breakwater.recovery.report.run_report import RunReport


def of_kind(report: RunReport, kind: str) -> list[Deviation]:
    return [one for one in report.deviations if one.kind == kind]


def kinds(report: RunReport) -> set[str]:
    return {one.kind for one in report.deviations}
