"""The embedded AWS as the simulator uses it: EC2 for instances, EventBridge for events.

Nobody waits long for it: connections time out soon, and once it could not be reached, nothing is
asked for a while, ever longer, up to half a minute.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from breakwater_local.drs.demands import MANAGED_TAG
from breakwater_local.drs.outbox import (
    EVENT_SOURCE,
    InstanceOrder,
    InstanceRefused,
    Undelivered,
    Unreachable,
)

IMAGE = "ami-0d25f0000000000d5"  # made by DRS from the converted disks; nothing boots here
LONGEST_PAUSE = 30.0
_FIRST_PAUSE = 0.5
_GONE = "InvalidInstanceID.NotFound"
_SETTINGS = Config(
    connect_timeout=1, read_timeout=30, retries={"total_max_attempts": 1}, max_pool_connections=32
)


class EmbeddedAws:
    """One embedded AWS; every account and Region in it."""

    is_remote = True

    def __init__(self, endpoint: str, wall: Callable[[], float] = time.monotonic) -> None:
        """
        :param wall: seconds that pass as on a clock on the wall.
        """
        self.endpoint = endpoint
        self.trouble: str | None = None
        self._wall = wall
        self._failures = 0
        self._asked_again_at = float("-inf")
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, account: str, region: str) -> Any:
        """A client that acts as the account's root: there, twelve digits are a key."""
        key = (service, account, region)
        with self._lock:
            if key not in self._clients:
                session = boto3.session.Session()
                self._clients[key] = session.client(  # type: ignore[call-overload]
                    service,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=account,
                    aws_secret_access_key="simulator",
                    region_name=region,
                    config=_SETTINGS,
                )
            return self._clients[key]

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """Around calls: Unreachable if it can't be reached, at once if it could not just now."""
        with self._lock:
            if self.trouble and self._wall() < self._asked_again_at:
                raise Unreachable(self.trouble)
        try:
            yield
        except ParamValidationError:
            raise  # never left this process
        except BotoCoreError as error:
            self._could_not_be_reached(error)
            raise Unreachable(self.trouble) from error
        except ClientError:
            self._was_reached()
            raise
        self._was_reached()

    def run(self, order: InstanceOrder) -> str:
        """Launch an instance, tagged from its first moment on."""
        ec2 = self.client("ec2", order.account, order.region)
        try:
            with self.reaching():
                if order.retried:  # the try before may have done it, and only its answer was lost
                    known = _launched_already(ec2, order)
                    if known:
                        return known
                launched = ec2.run_instances(**_specification(order))
        except (ClientError, ParamValidationError) as error:
            if _their_fault(error):
                raise Undelivered(str(error)) from error
            raise InstanceRefused(str(error)) from error
        return str(launched["Instances"][0]["InstanceId"])

    def template(self, account: str, region: str, server_id: str) -> str | None:
        """As DRS does for each server: a template, here with the first default subnet."""
        ec2 = self.client("ec2", account, region)
        name = f"drs-simulator-{server_id}"
        default = [{"Name": "default-for-az", "Values": ["true"]}]
        try:
            subnets = ec2.describe_subnets(Filters=default)["Subnets"]
            interfaces = [{"DeviceIndex": 0, "SubnetId": one["SubnetId"]} for one in subnets[:1]]
            known = ec2.describe_launch_templates(
                Filters=[{"Name": "launch-template-name", "Values": [name]}]
            )["LaunchTemplates"]
            for one in known:
                if one["LaunchTemplateName"] == name:
                    return str(one["LaunchTemplateId"])
            made = ec2.create_launch_template(
                LaunchTemplateName=name, LaunchTemplateData={"NetworkInterfaces": interfaces}
            )
        except (ClientError, BotoCoreError) as error:
            raise Undelivered(f"EC2 did not make a launch template: {error}") from error
        return str(made["LaunchTemplate"]["LaunchTemplateId"])

    def stop(self, account: str, region: str, instance_id: str) -> None:
        """Stop an instance."""
        ec2 = self.client("ec2", account, region)
        self._unless_gone(lambda: ec2.stop_instances(InstanceIds=[instance_id]))

    def terminate(self, account: str, region: str, instance_id: str) -> None:
        """End an instance, unless somebody has already."""
        ec2 = self.client("ec2", account, region)
        self._unless_gone(lambda: ec2.terminate_instances(InstanceIds=[instance_id]))

    def states(self, account: str, region: str, instance_ids: list[str]) -> dict[str, str]:
        """What EC2 says of these instances; those that it does not know are left out."""
        if not instance_ids:
            return {}
        # By filter, not by id: an id that is unknown would fail the whole question.
        wanted = [{"Name": "instance-id", "Values": instance_ids}]
        try:
            with self.reaching():
                pages = self.client("ec2", account, region).get_paginator("describe_instances")
                return {
                    instance["InstanceId"]: instance["State"]["Name"]
                    for found in pages.paginate(Filters=wanted)
                    for reservation in found["Reservations"]
                    for instance in reservation["Instances"]
                }
        except ClientError as error:
            raise Undelivered(f"EC2 could not be asked for the instances: {error}") from error

    def launched(self, account: str, region: str) -> list[str]:
        """The instances that DRS launched there and that have not ended."""
        wanted = [
            {"Name": "tag-key", "Values": [MANAGED_TAG]},
            {
                "Name": "instance-state-name",
                "Values": ["pending", "running", "stopping", "stopped"],
            },
        ]
        try:
            with self.reaching():
                pages = self.client("ec2", account, region).get_paginator("describe_instances")
                return [
                    instance["InstanceId"]
                    for found in pages.paginate(Filters=wanted)
                    for reservation in found["Reservations"]
                    for instance in reservation["Instances"]
                ]
        except ClientError as error:
            raise Undelivered(f"EC2 could not be asked for instances: {error}") from error

    def publish(self, account: str, region: str, event: dict[str, Any]) -> None:
        """Put an event on the default bus."""
        entry = {
            "Source": EVENT_SOURCE,
            "DetailType": event["detail-type"],
            "Resources": event["resources"],
            "Detail": json.dumps(event["detail"]),
        }
        try:
            with self.reaching():
                put = self.client("events", account, region).put_events(Entries=[entry])
        except ClientError as error:
            raise Undelivered(str(error)) from error
        if put["FailedEntryCount"]:
            raise Undelivered(str(put["Entries"][0]))

    def _unless_gone(self, do: Callable[[], Any]) -> None:
        try:
            with self.reaching():
                do()
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:
                raise Undelivered(str(error)) from error

    def _could_not_be_reached(self, error: BotoCoreError) -> None:
        with self._lock:
            pause = min(_FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
            self._failures += 1
            self._asked_again_at = self._wall() + pause
            self.trouble = f"the embedded AWS at {self.endpoint} can't be reached: {error}"

    def _was_reached(self) -> None:
        with self._lock:
            self.trouble, self._failures = None, 0


def _launched_already(ec2: Any, order: InstanceOrder) -> str | None:
    """By its tags: not every emulator knows what a client token is for."""
    unique = [{"Name": f"tag:{key}", "Values": [order.tags[key]]} for key in order.identified_by]
    for reservation in ec2.describe_instances(Filters=unique)["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] not in ("shutting-down", "terminated"):
                return str(instance["InstanceId"])
    return None


def _specification(order: InstanceOrder) -> dict[str, Any]:
    tags = [{"Key": name, "Value": value} for name, value in order.tags.items()]
    return {
        "ImageId": IMAGE,
        "InstanceType": order.instance_type,
        "MinCount": 1,
        "MaxCount": 1,
        "ClientToken": order.token,
        "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}],
    }


def _their_fault(error: ClientError | ParamValidationError) -> bool:
    """Did EC2 break down, rather than refuse?"""
    if not isinstance(error, ClientError):
        return False
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)) >= 500
