"""Carries out what is due in the outbox: against the cloud, and back into the state.

What a cloud far away is asked for, is asked for without the lock on the state: however long it
takes, calls are answered meanwhile, with what is known.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from breakwater_local.drs import demands, errands
from breakwater_local.drs.errors import denial_text
from breakwater_local.drs.events import event, launch_result
from breakwater_local.drs.gate import Gate
from breakwater_local.drs.outbox import (
    AnnounceLaunch,
    AnnounceSnapshots,
    AnnounceState,
    Cloud,
    EndInstance,
    EndLeftover,
    Entry,
    InstanceOrder,
    InstanceRefused,
    RunInstance,
    StopInstance,
    Undelivered,
    Unreachable,
)
from breakwater_local.drs.realm import Realm
from breakwater_local.drs.recovery_instance import RecoveryInstance
from breakwater_local.drs.rounds import SnapshotRounds
from breakwater_local.drs.world import World

REMEMBERED = 10_000
ATTEMPTS = 5
"""So often an event is tried; what happens to instances is tried until it is done."""
LONGEST_WAIT = 30.0

Errand = Callable[[], Any]

_logger = logging.getLogger(__name__)


class Courier:
    """Empties the outbox of one realm as time passes."""

    def __init__(
        self,
        realm: Realm,
        cloud: Cloud,
        gate: Gate,
        lock: AbstractContextManager[Any],
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        :param lock: the one on the state, which may be held already.
        :param wall: seconds that pass as on a clock on the wall: tries are that far apart.
        """
        self.events: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        """What was published, the newest last."""
        self.undelivered: deque[str] = deque(maxlen=REMEMBERED)
        """What was given up, and why."""
        self.retired: Courier | None = None
        """The one that carries on after a reset: it ends what this one is still launching."""
        self._realm, self._cloud, self._gate = realm, cloud, gate
        self._lock, self._wall = lock, wall
        self._rounds = SnapshotRounds(realm)

    def deliver(self, until: float) -> None:
        """Everything that is due by then, in order; what fails is tried again a while later."""
        while self._deliver_one(until):
            pass

    def _deliver_one(self, until: float) -> bool:
        with self._lock:
            entry = self._take(until)
            if entry is None:
                return False
            errands_of_it = self._errands(entry)
        outcome: Any = None
        try:
            for errand in errands_of_it:
                outcome = errand()
        except Undelivered as trouble:
            with self._lock:
                self._try_again(entry, trouble)
            return not isinstance(trouble, Unreachable)
        except InstanceRefused as refused:
            outcome = refused
        except Exception as mistake:  # ours: told by whoever settles, and nothing is lost by it
            with self._lock:
                self._try_again(entry, Undelivered(f"{type(mistake).__name__}: {mistake}"))
            raise
        with self._lock:
            if isinstance(entry.effect, RunInstance):
                self._ran(entry, entry.effect, outcome)
        return True

    def next_due(self) -> float:
        """The simulated moment of the next thing to do that is new."""
        due = self._realm.outbox.next_due()
        return self._rounds.due if due is None else min(due, self._rounds.due)

    def _take(self, until: float) -> Entry | None:
        """The next thing to do: from the outbox, or a round of snapshots in between."""
        due = self._realm.outbox.next_due()
        if self._rounds.due <= until and (due is None or self._rounds.due <= due):
            return Entry(self._rounds.due, 0, AnnounceSnapshots())
        return self._realm.outbox.take(until, self._wall())

    def _errands(self, entry: Entry) -> list[Errand]:
        """What is to be asked of the cloud for it, decided by the state of this moment."""
        effect, at = entry.effect, entry.at
        match effect:
            case RunInstance():
                return [lambda: self._run(effect, retried=entry.attempt > 1)]
            case StopInstance() | EndInstance() | EndLeftover():
                return self._ending(effect, at)
            case _:
                return [
                    self._publishing(world, said, once=isinstance(effect, AnnounceSnapshots))
                    for world, said in self._announced(effect, at)
                ]

    def _ending(self, effect: StopInstance | EndInstance | EndLeftover, at: float) -> list[Errand]:
        if isinstance(effect, EndLeftover):
            left = (effect.account, effect.region, effect.instance_id)
            return [lambda: self._cloud.terminate(*left)]
        instance = effect.instance
        meant = (effect.world.account, effect.world.region, instance.id)
        if isinstance(effect, EndInstance):
            return [lambda: self._cloud.terminate(*meant)] if instance.appears <= at else []
        stays = instance.known_at(at) and instance.ending > at
        return [lambda: self._cloud.stop(*meant)] if stays else []

    def _announced(
        self, effect: AnnounceLaunch | AnnounceState | AnnounceSnapshots, at: float
    ) -> list[tuple[World, dict[str, Any]]]:
        """The events that are to be published now; none of what is not so any more."""
        match effect:
            case AnnounceLaunch(world=world):
                result = launch_result(effect)
                return [(world, result)] if result else []
            case AnnounceState(world=world, resource=resource, state=state):
                if isinstance(resource, RecoveryInstance) and not resource.is_so_at(state, at):
                    return []
                return [(world, event(effect.detail_type, resource.arn, {"state": state}))]
            case AnnounceSnapshots():
                return self._rounds.next_round(at)

    def _run(self, effect: RunInstance, *, retried: bool) -> str:
        world, launch = effect.world, effect.launch
        assert launch.instance_id is not None
        denied = self._gate.refused(
            effect.principal, demands.of_a_launch(world.account, world.region)
        )
        if denied:
            said = denial_text(effect.principal.arn, denied)
            raise InstanceRefused(f"UnauthorizedOperation: {said}")
        return self._cloud.run(
            InstanceOrder(
                account=world.account,
                region=world.region,
                instance_type=effect.server.profile.instance_type,
                tags=effect.tags,
                token=f"{effect.job.id}-{effect.server.id}",
                planned_id=launch.instance_id,
                retried=retried,
                identified_by=demands.TAGS_OF_A_LAUNCH,
            )
        )

    def _ran(self, entry: Entry, effect: RunInstance, outcome: Any) -> None:
        now = max(self._realm.clock.now(), entry.at) if entry.attempt > 1 else entry.at
        if isinstance(outcome, InstanceRefused):
            errands.refused(self._realm.outbox, effect, now, str(outcome))
        elif self.retired:
            self.retired.end(effect.world.account, effect.world.region, outcome)
        else:
            # Late is only what had to be tried again: what merely took a moment, on a fast clock,
            # goes on as it was planned.
            assert effect.launch.runs is not None
            late = now - effect.launch.runs if entry.attempt > 1 else 0.0
            errands.launched(self._realm.outbox, effect, outcome, late)

    def end(self, account: str, region: str, instance_id: str) -> None:
        """An instance that is no part of this realm."""
        self._realm.outbox.put(0.0, EndLeftover(account, region, instance_id))

    def look(self, world: World, instance_ids: list[str]) -> None:
        """Ask EC2 for the states of instances; if it can't be asked, the last known ones stand."""
        try:
            found = self._cloud.states(world.account, world.region, instance_ids)
        except Undelivered as trouble:
            _logger.warning("the last known states stand: %s", trouble)
            return
        with self._lock:
            world.ec2_states.update({one: found.get(one, "gone") for one in instance_ids})

    def _publishing(self, world: World, said: dict[str, Any], *, once: bool = False) -> Errand:
        def publish() -> None:
            try:
                self._cloud.publish(world.account, world.region, said)
            except Undelivered:
                if once:  # another will follow in ten minutes
                    return
                raise
            with self._lock:
                kept = self._rounds.published if once else self.events
                kept.append({"account": world.account, "region": world.region, **said})

        return publish

    def snapshot_events(self) -> list[dict[str, Any]]:
        """The newest of the events about snapshots, which are many; the newest last."""
        return list(self._rounds.published)

    def _try_again(self, entry: Entry, trouble: Undelivered) -> None:
        what = f"{type(entry.effect).__name__}, attempt {entry.attempt}: {trouble}"
        _logger.warning("not delivered: %s", what)
        announces = isinstance(entry.effect, AnnounceLaunch | AnnounceState)
        if announces and entry.attempt >= ATTEMPTS and not isinstance(trouble, Unreachable):
            self.undelivered.append(what)
            return
        wait = min(0.5 * 2 ** min(entry.attempt, 10), LONGEST_WAIT)
        self._realm.outbox.again(entry, self._wall() + wait)
