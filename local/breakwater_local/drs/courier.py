"""Carries out what is due in the outbox: against the cloud, and back into the state."""

import logging
from collections import deque
from typing import Any

from breakwater_local.drs.launch import FAILED, LAUNCHED
from breakwater_local.drs.outbox import (
    AnnounceLaunch,
    AnnounceState,
    Cloud,
    Effect,
    EndInstance,
    InstanceRefused,
    Outbox,
    RunInstance,
    StopInstance,
    Undelivered,
)
from breakwater_local.drs.recovery_instance import RecoveryInstance
from breakwater_local.drs.world import World

REMEMBERED = 10_000
ATTEMPTS = 5
RETRY_AFTER = 60.0

LAUNCH_RESULT = "DRS Source Server Launch Result"
STALLED_CHANGE = "DRS Source Server Data Replication Stalled Change"
FAILBACK_CHANGE = "DRS Recovery Instance Failback State Change"


_logger = logging.getLogger(__name__)


class Courier:
    """Empties the outbox as time passes."""

    def __init__(self, outbox: Outbox, cloud: Cloud) -> None:
        self.events: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        """What was published, the newest last."""
        self.undelivered: deque[str] = deque(maxlen=REMEMBERED)
        """What was given up, and why."""
        self._outbox = outbox
        self._cloud = cloud

    def deliver(self, until: float) -> None:
        """Everything that is due by then, in order; what fails is tried again a while later."""
        for at, effect, attempt in self._outbox.due(until):
            try:
                self._carry_out(effect, at)
            except Undelivered as trouble:
                what = f"{type(effect).__name__}, attempt {attempt} of {ATTEMPTS}: {trouble}"
                _logger.warning("not delivered: %s", what)
                if attempt < ATTEMPTS:
                    self._outbox.put(until + RETRY_AFTER, effect, attempt + 1)
                else:
                    self.undelivered.append(what)

    def _carry_out(self, effect: Effect, at: float) -> None:
        where = (effect.world.account, effect.world.region)
        match effect:
            case RunInstance():
                self._run(effect, at)
            case StopInstance(instance=instance):
                if instance.known_at(at) and instance.ending > at:
                    self._cloud.stop(*where, instance.id)
            case EndInstance(instance=instance):
                if instance.launch.appears is not None:
                    self._cloud.terminate(*where, instance.id)
            case AnnounceLaunch():
                self._announce_launch(effect)
            case AnnounceState():
                self._announce_state(effect, at)

    def _run(self, effect: RunInstance, at: float) -> None:
        launch, world = effect.launch, effect.world
        assert launch.instance_id is not None
        kind = effect.server.profile.instance_type
        try:
            launch.instance_id = self._cloud.run(
                world.account, world.region, kind, effect.tags, launch.instance_id
            )
        except InstanceRefused as refused:  # as on AWS: the launch fails, the job goes on
            launch.fails(at, str(refused))
            effect.job.unfold()

    def _announce_launch(self, effect: AnnounceLaunch) -> None:
        event = _launch_result(effect)
        if event:
            self._publish(effect.world, event)

    def _announce_state(self, effect: AnnounceState, at: float) -> None:
        resource = effect.resource
        if not isinstance(resource, RecoveryInstance) or resource.known_at(at):
            event = _event(effect.detail_type, resource.arn, {"state": effect.state})
            self._publish(effect.world, event)

    def _publish(self, world: World, event: dict[str, Any]) -> None:
        self._cloud.publish(world.account, world.region, event)
        self.events.append({"account": world.account, "region": world.region, **event})


def _launch_result(effect: AnnounceLaunch) -> dict[str, Any] | None:
    """What happened in the end; a launch that was cleaned up had succeeded before."""
    happened = {status for _, status in effect.launch.statuses}
    if not happened & {LAUNCHED, FAILED}:
        return None
    detail = {
        "state": f"RECOVERY_LAUNCH_{'FAILED' if FAILED in happened else 'SUCCEEDED'}",
        "job-id": effect.job.id,
        "is-drill": "TRUE" if effect.is_drill else "FALSE",
    }
    return _event(LAUNCH_RESULT, effect.server.arn, detail)


def _event(detail_type: str, arn: str, detail: dict[str, str]) -> dict[str, Any]:
    return {"detail-type": detail_type, "resources": [arn], "detail": detail}
