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
from breakwater_local.drs.gate import Gate, OpenGate, Principal
from breakwater_local.drs.named_servers import servers_named
from breakwater_local.drs.operations.describing import chosen_instances
from breakwater_local.drs.operations.registry import OPERATIONS
from breakwater_local.drs.operations.tags import tags_by_arn
from breakwater_local.drs.outbox import Cloud, Undelivered
from breakwater_local.drs.realm import Realm
from breakwater_local.drs.refusals import refusal_of
from breakwater_local.drs.world import World

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
        self,
        servers: ServersFile,
        script: Script,
        cloud: Cloud,
        clock: Callable[[], Clock],
        gate: Gate | None = None,
    ) -> None:
        """
        :param clock: makes the clock, at the start and again at each reset.
        :param gate: judges, when a server is launched, what its caller may do in EC2.
        """
        self._servers, self._script, self._cloud, self._make_clock = servers, script, cloud, clock
        self._gate = gate or OpenGate()
        self._lock = threading.RLock()
        self.ticks_apart = False
        """Does somebody else settle what is due at a cloud far away? Then no call waits for it."""
        self._begin()

    def _begin(self) -> None:
        self.clock = self._make_clock()
        self.calls: deque[RecordedCall] = deque(maxlen=REMEMBERED_CALLS)
        self.realm = Realm(self.clock, self._servers, self._script, self._cloud)
        self.courier = Courier(self.realm, self._cloud, self._gate, self._lock)

    def answer(
        self,
        principal: Principal,
        operation: str,
        params: dict[str, Any],
        denied_in_ec2: str | None = None,
    ) -> dict[str, Any]:
        """What the service answers to a well-formed call; ServiceError if it refuses.

        ConnectionLost means that the call was done, and nobody is to learn of it.

        :param denied_in_ec2: what the caller lacks there, for what is to be done at once.
        """
        self._catch_up()
        if operation == "DescribeRecoveryInstances" and self._cloud.is_remote:
            self._look_at_instances(principal, params)
        if operation == "GetLaunchConfiguration":
            self._give_template(principal, params["sourceServerID"])
        with self._lock:
            now = self._now()
            world = self.realm.world(principal.account, principal.region)
            rehearsal = self.realm.rehearsal
            servers = servers_named(self.realm, world, params, now)
            if rehearsal.on_session(world, principal.access_key, operation, servers, now):
                raise errors.expired_session()
            marks = rehearsal.marks()
            struck = rehearsal.on_call(world, operation, servers, now)
            for fault in struck:
                refusal = refusal_of(fault, principal, operation, self.realm.quotas)
                if refusal:
                    rehearsal.only(fault, marks)
                    raise refusal
            call = Call(self.realm, world, operation, params, now, principal, struck, denied_in_ec2)
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
        self.courier.deliver(self.clock.now())
        return self.clock.now()

    def seconds_to_next(self) -> float:
        """Wall seconds until something is due that is not yet."""
        with self._lock:
            return max(self.courier.next_due() - self.clock.now(), 0.0) / self.clock.speed

    def _catch_up(self) -> None:
        """Where nobody else settles what is due, a call does; before it takes the lock."""
        if self._cloud.is_remote and not self.ticks_apart:
            self.settle()

    def _now(self) -> float:
        """The moment; what is due by then and takes no time is done. The lock must be held."""
        now = self.clock.now()
        if not self._cloud.is_remote:
            self.courier.deliver(now)
        return now

    def _look_at_instances(self, principal: Principal, params: dict[str, Any]) -> None:
        """Asks EC2 for the states that an answer shows, without holding anybody else up."""
        with self._lock:
            now = self.clock.now()
            world = self.realm.world(principal.account, principal.region)
            up = [
                one.id
                for one in chosen_instances(world, params.get("filters", {}), now)
                if one.is_up_at(now)
            ]
            courier = self.courier
        courier.look(world, up)

    def _give_template(self, principal: Principal, server_id: str) -> None:
        """Has the server's launch template made in EC2, without holding anybody else up."""
        with self._lock:
            world = self.realm.world(principal.account, principal.region)
            server, realm = world.servers.get(server_id), self.realm
            if server is None or realm.has_template(server):
                return
        try:
            made = self._cloud.template(principal.account, principal.region, server_id)
        except Undelivered:
            return  # the call is answered all the same; the next one asks again
        with self._lock:
            realm.takes_template(server, made)

    def tags_of(self, principal: Principal, arn: str) -> dict[str, str]:
        """The tags of a resource; none of one that is not there."""
        with self._lock:
            world = self.realm.world(principal.account, principal.region)
            try:
                return dict(tags_by_arn(world, arn, self.clock.now()))
            except errors.DoesNotExist:
                return {}

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
            now = self._now()
            before = self.courier
            left = [
                (world.account, world.region, instance.id)
                for world in self.realm.worlds.values()
                for instance in world.instances_at(now)
                if instance.ending > now
            ]
            self._begin()
            before.retired = self.courier
            for one in left:
                self.courier.end(*one)
        self._catch_up()

    def recorded_calls(self) -> list[dict[str, Any]]:
        """Every call so far, oldest first."""
        with self._lock:
            return [asdict(call) for call in self.calls]

    def published_events(self) -> list[dict[str, Any]]:
        """Every event that was published, oldest first, but for those about snapshots."""
        self._catch_up()
        with self._lock:
            self._now()
            return list(self.courier.events)

    def snapshot_events(self) -> list[dict[str, Any]]:
        """The newest of the events about snapshots, oldest first."""
        self._catch_up()
        with self._lock:
            self._now()
            return self.courier.snapshot_events()

    def health(self) -> dict[str, Any]:
        """How it is, for people and tests."""
        self._catch_up()
        with self._lock:
            now = self._now()
            reason = self._reason()
            return {
                "status": "degraded" if reason else "ok",
                **({"reason": reason} if reason else {}),
                "speed": self.clock.speed,
                "seed": self._script.seed,
                "simulatedSeconds": round(now, 1),
                "waitingToLeave": len(self.realm.outbox),
                "undelivered": list(self.courier.undelivered),
                "worlds": [_summary(world, now) for world in self.realm.worlds.values()],
                "faults": self.realm.rehearsal.report(),
            }

    def _reason(self) -> str | None:
        """Why not all is well; nothing if it is."""
        waits = self.realm.outbox.failed
        found = [
            *([self._cloud.trouble] if self._cloud.trouble else []),
            *([f"{waits} things wait for another try"] if waits else []),
            *(
                [f"{len(self.courier.undelivered)} events were given up"]
                if self.courier.undelivered
                else []
            ),
        ]
        return "; ".join(found) or None


def _perform(call: Call) -> dict[str, Any]:
    world = call.world
    if not world.initialized and call.operation not in _WITHOUT_INITIALIZATION:
        raise errors.uninitialized(world.account, world.region)
    return OPERATIONS[call.operation](call)


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
