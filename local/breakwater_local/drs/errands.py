"""What follows in the state once a launch has reached EC2, or was refused there."""

from breakwater_local.drs.events import FAILBACK_CHANGE
from breakwater_local.drs.outbox import (
    AnnounceLaunch,
    AnnounceState,
    EndInstance,
    Outbox,
    RunInstance,
    StopInstance,
)
from breakwater_local.drs.recovery_instance import IN_PROGRESS


def launched(outbox: Outbox, order: RunInstance, instance_id: str, late: float) -> None:
    """EC2 has the instance; what the plan says of it comes true from here on.

    :param late: so much later than it was planned.
    """
    launch, instance, world = order.launch, order.instance, order.world
    launch.instance_id, launch.awaits_ec2 = instance_id, False
    if late > 0:
        launch.postponed(late)
        order.job.unfold()
    assert launch.runs is not None
    if instance.stops:
        outbox.put(launch.runs, StopInstance(world, instance))
    if launch.vanishes is not None:
        outbox.put(launch.vanishes, EndInstance(world, instance))
    if launch.terminates is not None:
        instance.ending = instance.removed = launch.terminates
        outbox.put(launch.terminates, EndInstance(world, instance))
    if order.failback is not None:
        begins = order.failback + max(late, 0.0)
        instance.failback_starts(begins)
        outbox.put(begins, AnnounceState(world, FAILBACK_CHANGE, instance, IN_PROGRESS))
    _announce(outbox, order)


def refused(outbox: Outbox, order: RunInstance, at: float, error: str) -> None:
    """As on AWS: the launch fails, the job goes on."""
    order.launch.fails(at, error)
    order.job.unfold()
    _announce(outbox, order)


def _announce(outbox: Outbox, order: RunInstance) -> None:
    result = order.launch.result_at
    announcement = AnnounceLaunch(
        order.world, order.server, order.job, order.launch, order.instance.is_drill
    )
    for later in order.announced:
        outbox.put(result + later, announcement)
