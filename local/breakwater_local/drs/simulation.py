"""The state behind one lock: settles what is due, lets the script interfere, does the operation."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from breakwater_local.drs import errors
from breakwater_local.drs.call import Call
from breakwater_local.drs.clock import Clock
from breakwater_local.drs.courier import Courier
from breakwater_local.drs.files import call_faults
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.gate import Principal
from breakwater_local.drs.operations.registry import OPERATIONS
from breakwater_local.drs.outbox import Cloud
from breakwater_local.drs.realm import Realm
from breakwater_local.drs.refusals import refusal_of
from breakwater_local.drs.world import SourceServer, World

REMEMBERED_CALLS = 100_000
_WITHOUT_INITIALIZATION = {
    "InitializeService",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
}


@dataclass(frozen=True)
class RecordedCall:
    """A call that reached the simulator, for tests that compare roles with calls."""

    at: str
    account: str
    region: str
    application: str | None
    role: str | None
    operation: str
    actions: tuple[str, ...]
    allowed: bool
    error: str | None


class Simulation:
    """Answers calls. Safe to use from many threads; every answer is of one moment."""

    def __init__(
        self, servers: ServersFile, script: Script, cloud: Cloud, clock: Callable[[], Clock]
    ) -> None:
        """
        :param clock: makes the clock, at the start and again at each reset.
        """
        self._servers, self._script, self._cloud, self._make_clock = servers, script, cloud, clock
        self._lock = threading.RLock()
        self._begin()

    def _begin(self) -> None:
        self.clock = self._make_clock()
        self.calls: deque[RecordedCall] = deque(maxlen=REMEMBERED_CALLS)
        self.realm = Realm(self.clock, self._servers, self._script, self._cloud)
        self.courier = Courier(self.realm.outbox, self._cloud)

    def answer(
        self, principal: Principal, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        """What the service answers to a well-formed call; ServiceError if it refuses.

        ConnectionLost means that the call was done, and nobody is to learn of it.
        """
        with self._lock:
            now = self.settle()
            world = self.realm.world(principal.account, principal.region)
            rehearsal = self.realm.rehearsal
            servers = _servers_of(world, params, now)
            if rehearsal.on_session(world, principal.access_key, operation, servers, now):
                raise errors.expired_session()
            marks = rehearsal.marks()
            struck = rehearsal.on_call(world, operation, servers, now)
            for fault in struck:
                refusal = refusal_of(fault, principal, operation, self.realm.quotas)
                if refusal:
                    rehearsal.only(fault, marks)
                    raise refusal
            call = Call(self.realm, world, operation, params, now, struck)
            try:
                document = _perform(call)
            except BaseException:
                rehearsal.back_to(marks)
                raise
            if call.fault(call_faults.LostResponse):
                raise errors.ConnectionLost(operation)
            return document

    def settle(self) -> float:
        """Lets everything that is due leave the simulator; returns the moment."""
        with self._lock:
            now = self.clock.now()
            self.courier.deliver(now)
            return now

    def record(
        self,
        principal: Principal,
        operation: str,
        actions: Sequence[str],
        *,
        refused: bool,
        error: str | None,
    ) -> None:
        """Remember who called what."""
        with self._lock:
            self.calls.append(
                RecordedCall(
                    self.clock.moment(self.clock.now()),
                    principal.account,
                    principal.region,
                    principal.application,
                    principal.role,
                    operation,
                    tuple(actions),
                    not refused,
                    error,
                )
            )

    def reset(self) -> None:
        """Back to the beginning: the clock, the servers, the script; instances are ended."""
        with self._lock:
            now = self.settle()
            for world in self.realm.worlds.values():
                for instance in world.instances_at(now):
                    if instance.ending > now:
                        self._cloud.terminate(world.account, world.region, instance.id)
            self._begin()

    def recorded_calls(self) -> list[dict[str, Any]]:
        """Every call so far, oldest first."""
        with self._lock:
            return [asdict(call) for call in self.calls]

    def published_events(self) -> list[dict[str, Any]]:
        """Every event that was published, oldest first."""
        with self._lock:
            self.settle()
            return list(self.courier.events)

    def health(self) -> dict[str, Any]:
        """How it is, for people and tests."""
        with self._lock:
            now = self.settle()
            return {
                "status": "ok",
                "speed": self.clock.speed,
                "seed": self._script.seed,
                "simulatedSeconds": round(now, 1),
                "waitingToLeave": len(self.realm.outbox),
                "undelivered": list(self.courier.undelivered),
                "worlds": [_summary(world, now) for world in self.realm.worlds.values()],
                "faults": self.realm.rehearsal.report(),
            }


def _perform(call: Call) -> dict[str, Any]:
    world = call.world
    if not world.initialized and call.operation not in _WITHOUT_INITIALIZATION:
        raise errors.uninitialized(world.account, world.region)
    return OPERATIONS[call.operation](call)


def _servers_of(world: World, params: dict[str, Any], now: float) -> list[SourceServer]:
    """The source servers that a call speaks of, however it does."""
    filters = params.get("filters", {})
    ids = [entry["sourceServerID"] for entry in params.get("sourceServers", ())]
    ids += [params[name] for name in ("sourceServerID",) if name in params]
    ids += filters.get("sourceServerIDs", [])
    instances = [*params.get("recoveryInstanceIDs", ()), *filters.get("recoveryInstanceIDs", ())]
    instances += [params[name] for name in ("recoveryInstanceID",) if name in params]
    if instances:
        known = {one.id: one.server_id for one in world.instances_at(now)}
        ids += [known[one] for one in instances if one in known]
    return [world.servers[one] for one in ids if one in world.servers]


def _summary(world: World, now: float) -> dict[str, Any]:
    return {
        "account": world.account,
        "region": world.region,
        "initialized": world.initialized,
        "sourceServers": len(world.servers),
        "jobs": len(world.jobs),
        "jobsInProgress": len(world.open_jobs(now)),
        "recoveryInstances": len(world.instances_at(now)),
    }
