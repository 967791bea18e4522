"""Jobs and their log, as DescribeJobs and DescribeJobLogItems show them."""

from typing import Any

from breakwater_local.drs.clock import Clock
from breakwater_local.drs.job import Job
from breakwater_local.drs.launch import ActionRun, Launch, LogItem


def job_view(clock: Clock, job: Job, at: float) -> dict[str, Any]:
    """A job at a moment."""
    status = job.status_at(at)
    view = {
        "jobID": job.id,
        "arn": job.arn,
        "type": job.kind,
        "initiatedBy": job.initiated_by,
        "creationDateTime": clock.moment(job.created),
        "status": status,
        "participatingServers": [_server(clock, one, at) for one in job.servers_at(at)],
        "participatingResources": [],
        "tags": dict(job.tags),
    }
    if status == "COMPLETED":
        view["endDateTime"] = clock.moment(job.ended)
    return view


def log_view(clock: Clock, item: LogItem) -> dict[str, Any]:
    """A line of a job's log."""
    return {
        "logDateTime": clock.moment(item.at),
        "event": item.event,
        "eventData": dict(item.data),
    }


def _server(clock: Clock, launch: Launch, at: float) -> dict[str, Any]:
    view: dict[str, Any] = {
        "sourceServerID": launch.server_id,
        "launchStatus": launch.status_at(at),
    }
    instance_id = launch.instance_at(at)
    if instance_id:
        view["recoveryInstanceID"] = instance_id
    begun = [run for run in launch.actions if run.begins <= at]
    if begun:
        view["launchActionsStatus"] = {
            "ssmAgentDiscoveryDatetime": clock.moment(begun[0].begins),
            "runs": [_run(run, at) for run in begun],
        }
    return view


def _run(run: ActionRun, at: float) -> dict[str, Any]:
    status = run.status_at(at)
    view: dict[str, Any] = {
        "runId": run.id,
        "status": status,
        "action": {
            "actionId": run.action_id,
            "actionCode": run.action.document,
            "type": "SSM_COMMAND",
            "name": run.action.name,
            "active": True,
            "order": run.order,
            "actionVersion": "$DEFAULT",
            "optional": run.action.optional,
            "parameters": {},
            "category": run.action.category,
        },
    }
    if status == "FAILED":
        view["failureReason"] = run.failure
    return view
