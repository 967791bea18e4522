"""The report of a run: evidence for auditors, and the first thing that operators read afterwards.

`report_of` makes it from the run's items and its audit trail; `page.page_of` shows it as one HTML
page that needs nothing else. All of it is pure. What it holds: docs/report.md.
"""
