"""Who tells of its newest snapshot when: every server takes one each ten minutes, and a thousand
servers on a fast clock would tell of nothing else. So it goes in rounds, of so many servers.
"""

from collections import deque
from typing import Any

from breakwater_local.drs.events import snapshot_taken
from breakwater_local.drs.realm import Realm
from breakwater_local.drs.snapshots import EVERY, ebs_snapshots, snapshots_at
from breakwater_local.drs.world import SourceServer, World

SERVERS_PER_ROUND = 20
LEAST_WALL_SECONDS = 5.0
"""Between two rounds: no more than four events a second, however fast the clock."""
REMEMBERED = 500

Told = tuple[World, dict[str, Any]]


class SnapshotRounds:
    """Takes turns among the servers of all worlds."""

    def __init__(self, realm: Realm) -> None:
        self.published: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._realm = realm
        self._turn = 0
        self._told: dict[str, int] = {}
        self._apart = max(EVERY, LEAST_WALL_SECONDS * realm.clock.speed)
        self.due = realm.clock.now() + self._apart
        """When the next round is."""

    def next_round(self, at: float) -> list[Told]:
        """The snapshots that are told of now.

        Rounds that were missed, because nobody looked for long, are not made up for.
        """
        now = max(at, self._realm.clock.now())
        missed = (now - at) // self._apart
        self.due = at + (missed + 1) * self._apart
        everyone = [
            (world, server)
            for world in self._realm.worlds.values()
            for server in world.servers.values()
        ]
        found = []
        for step in range(min(SERVERS_PER_ROUND, len(everyone))):
            told = self._newest(*everyone[(self._turn + step) % len(everyone)], now)
            if told:
                found.append(told)
        self._turn += SERVERS_PER_ROUND
        return found

    def _newest(self, world: World, server: SourceServer, at: float) -> Told | None:
        dice = self._realm.dice
        known = snapshots_at(server.policy, dice, at)
        if not known or known[-1].number <= self._told.get(server.arn, -1):
            return None
        newest = known[-1]
        self._told[server.arn] = newest.number
        disks = len(server.profile.disks_gib)
        return world, snapshot_taken(server, newest, ebs_snapshots(dice, newest, disks))
