"""All worlds, and what they share: the clock, chance, the script, the outbox."""

from breakwater_local.drs.clock import Clock
from breakwater_local.drs.dice import Dice
from breakwater_local.drs.events import STALLED_CHANGE
from breakwater_local.drs.files.script import Quotas, Script
from breakwater_local.drs.files.servers import (
    ServerProfile,
    ServersFile,
    names_of,
    server_id_of,
)
from breakwater_local.drs.outbox import AnnounceState, Cloud, Outbox
from breakwater_local.drs.rehearsal import Rehearsal
from breakwater_local.drs.replication import Course, initial_course
from breakwater_local.drs.world import SourceServer, World

_IDS = Dice(0)
"""Source servers keep their ids whatever the seed is: plans speak of them."""


class Realm:
    """The whole state of the simulator."""

    def __init__(self, clock: Clock, servers: ServersFile, script: Script, cloud: Cloud) -> None:
        self.clock = clock
        self.dice = Dice(script.seed)
        self.cloud = cloud
        self.rehearsal = Rehearsal(script)
        self.outbox = Outbox()
        self.worlds: dict[tuple[str, str], World] = {}
        self._number = 0
        self._templates: set[str] = set()
        for territory in servers.worlds:
            world = World(territory.account, territory.region, initialized=True)
            self.worlds[world.account, world.region] = world
            for profile in territory.servers:
                self.protect(world, profile)

    @property
    def quotas(self) -> Quotas:
        """What an account may have per Region."""
        return self.rehearsal.script.quotas

    def world(self, account: str, region: str) -> World:
        """The world of an account and Region; an uninitialized one is empty and not kept."""
        return self.worlds.get((account, region)) or World(account, region, initialized=False)

    def initialize(self, world: World) -> None:
        """DRS is used there from now on."""
        world.initialized = True
        self.worlds[world.account, world.region] = world
        self.rehearsal.initialized(world)

    def next_number(self) -> int:
        """Rises by one each time: the order in which things were made."""
        self._number += 1
        return self._number

    def protect(self, world: World, profile: ServerProfile) -> SourceServer:
        """A server of the file is in its world from the start."""
        server_id = server_id_of(world.account, world.region, profile)
        course = initial_course(profile.replication, sum(profile.disks_gib), profile.protected_for)
        return self.add_server(world, profile, server_id, course)

    def add_server(
        self, world: World, profile: ServerProfile, server_id: str, course: Course
    ) -> SourceServer:
        """A source server, with what the script has in store for its replication."""
        names = names_of(profile, server_id)
        windows = self.rehearsal.windows(world, names)
        server = SourceServer(
            number=self.next_number(),
            id=server_id,
            arn=world.arn("source-server", server_id),
            profile=profile,
            tags={"Name": profile.name, **profile.tags},
            launch_configuration=_launch_configuration(profile, server_id),
            course=Course(course.syncing_from, course.sync_seconds, (*course.windows, *windows)),
            added=course.syncing_from,
            expiries=self.rehearsal.expiries(world, names),
        )
        world.add_server(server)
        for window in windows:
            if window.state == "STALLED":
                self._announce_stall(world, server, window.begins, "STALLED")
                if window.ends is not None:
                    self._announce_stall(world, server, window.ends, "NOT_STALLED")
        return server

    def has_template(self, server: SourceServer) -> bool:
        """Is the launch template that it names one of EC2's, or is there no EC2?"""
        return server.id in self._templates

    def takes_template(self, server: SourceServer, template: str | None) -> None:
        """From now on it names this one; nothing changes where there is no EC2."""
        if template is not None:
            server.launch_configuration["ec2LaunchTemplateID"] = template
        self._templates.add(server.id)

    def _announce_stall(self, world: World, server: SourceServer, at: float, state: str) -> None:
        self.outbox.put(at, AnnounceState(world, STALLED_CHANGE, server, state))


def _launch_configuration(profile: ServerProfile, server_id: str) -> dict[str, object]:
    launch = profile.launch
    return {
        "sourceServerID": server_id,
        "name": f"Launch configuration of {profile.name}"[:128],
        "ec2LaunchTemplateID": _IDS.id("lt-", server_id),
        "launchDisposition": launch.disposition,
        "targetInstanceTypeRightSizingMethod": launch.right_sizing,
        "copyPrivateIp": launch.copy_private_ip,
        "copyTags": launch.copy_tags,
        "licensing": {"osByol": launch.byol},
        "postLaunchEnabled": bool(launch.post_launch_actions),
        "launchIntoInstanceProperties": {},
        "recoveryMode": launch.recovery_mode,
    }
