"""Is it one of those that are wanted, by what only the workflow itself says? Pure."""

from breakwater.workflows.engine_port import WorkflowFilter
from breakwater.workflows.workflow import SlaStatus, Workflow
from breakwater.workflows.workflow_status import COMPLETED, UNSUCCESSFUL


def passes(workflow: Workflow, wanted: WorkflowFilter) -> bool:
    """What no index decides is decided here, once the workflow is read."""
    return (
        (not wanted.statuses or workflow.status in wanted.statuses)
        and (not wanted.slow_only or workflow.is_slow)
        and wanted.triggered_by in {None, workflow.triggered_by}
        and wanted.error in {None, workflow.error}
        and wanted.target_missed in {None, target_missed(workflow)}
        and _is_called(workflow, wanted.name_prefix)
    )


def _is_called(workflow: Workflow, prefix: str | None) -> bool:
    names = (workflow.name or "", workflow.id.name)
    return prefix is None or any(name.startswith(prefix) for name in names)


def target_missed(workflow: Workflow) -> bool | None:
    """As figures count it: met by completing in time, missed by lasting longer or by failing.

    None: it has no target, still may meet it, or was cancelled before it could.
    """
    if workflow.sla_status is None:
        return None
    if workflow.sla_status is SlaStatus.BREACHED or workflow.status in UNSUCCESSFUL:
        return True
    return False if workflow.status == COMPLETED else None
