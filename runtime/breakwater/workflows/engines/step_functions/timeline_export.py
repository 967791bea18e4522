"""The timeline of an execution in the form that is asked for; redacted by each exporter. Pure."""

from breakwater.timeline.chrome_export import timeline_chrome
from breakwater.timeline.csv_export import timeline_csv
from breakwater.timeline.json_export import timeline_json
from breakwater.timeline.otlp_export import timeline_otlp
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.exporting import Exported, ExportFormat, exported


def timeline_exported(timeline: Timeline, form: ExportFormat, execution_arn: str) -> Exported:
    """The file."""
    name = execution_arn.rpartition(":")[2]
    if form is ExportFormat.CSV:
        return exported(form, name, timeline_csv(timeline))
    if form is ExportFormat.OTLP:
        return exported(form, name, timeline_otlp(timeline, execution_arn=execution_arn))
    if form is ExportFormat.CHROME:
        return exported(form, name, timeline_chrome(timeline))
    return exported(form, name, timeline_json(timeline))
