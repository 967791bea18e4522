"""The construct BulkQueue: a worker that dies is followed by another, and never met by one."""

import aws_cdk as cdk
from aws_cdk import assertions

from breakwater.workflows.bulk.bulk import LEASE
from breakwater.workflows.bulk.bulk import WORKER_LIVES as SAID
from breakwater_constructs.bulk_queue import WORKER_LIVES, BulkQueue
from breakwater_constructs.runtime_function import RuntimeFunction


def test_a_message_comes_again_only_when_a_dead_workers_lease_is_over() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    queue = BulkQueue(stack, "Bulk")
    worker = RuntimeFunction(stack, "Work", handler="bulk_work", description="works")
    queue.bring_to(worker)
    template = assertions.Template.from_stack(stack)
    [seconds] = [
        one["Properties"]["VisibilityTimeout"]
        for one in template.find_resources("AWS::SQS::Queue").values()
        if "VisibilityTimeout" in one["Properties"]
    ]
    assert WORKER_LIVES.to_seconds() == SAID.total_seconds()
    assert WORKER_LIVES.to_seconds() < LEASE.total_seconds() < seconds
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {"BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": 2}},
    )
    template.has_resource_properties(
        "AWS::Events::Rule", {"ScheduleExpression": "rate(5 minutes)", "State": "ENABLED"}
    )
