"""The embedded AWS as the simulator uses it: EC2 for instances, EventBridge for events."""

import json
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from breakwater_local.drs.outbox import EVENT_SOURCE, InstanceRefused, Undelivered

IMAGE = "ami-0d25f0000000000d5"  # made by DRS from the converted disks; nothing boots here
_GONE = "InvalidInstanceID.NotFound"
_SETTINGS = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 3})


class EmbeddedAws:
    """One embedded AWS; every account and Region in it."""

    knows_states = True

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
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
                    endpoint_url=self._endpoint,
                    aws_access_key_id=account,
                    aws_secret_access_key="simulator",
                    region_name=region,
                    config=_SETTINGS,
                )
            return self._clients[key]

    def run(
        self,
        account: str,
        region: str,
        instance_type: str,
        tags: dict[str, str],
        planned_id: str,  # noqa: ARG002  # EC2 gives ids of its own
    ) -> str:
        """Launch an instance, tagged from its first moment on."""
        ec2 = self.client("ec2", account, region)
        specification = {
            "ResourceType": "instance",
            "Tags": [{"Key": name, "Value": value} for name, value in tags.items()],
        }
        try:
            launched = ec2.run_instances(
                ImageId=IMAGE,
                InstanceType=instance_type,
                MinCount=1,
                MaxCount=1,
                TagSpecifications=[specification],
            )
        except (ClientError, BotoCoreError) as error:
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
        pages = self.client("ec2", account, region).get_paginator("describe_instances")
        # By filter, not by id: an id that is unknown would fail the whole question.
        wanted = [{"Name": "instance-id", "Values": instance_ids}]
        try:
            return {
                instance["InstanceId"]: instance["State"]["Name"]
                for found in pages.paginate(Filters=wanted)
                for reservation in found["Reservations"]
                for instance in reservation["Instances"]
            }
        except (ClientError, BotoCoreError) as error:
            raise Undelivered(f"EC2 could not be asked for the instances: {error}") from error

    def publish(self, account: str, region: str, event: dict[str, Any]) -> None:
        """Put an event on the default bus."""
        entry = {
            "Source": EVENT_SOURCE,
            "DetailType": event["detail-type"],
            "Resources": event["resources"],
            "Detail": json.dumps(event["detail"]),
        }
        try:
            put = self.client("events", account, region).put_events(Entries=[entry])
        except (ClientError, BotoCoreError) as error:
            raise Undelivered(str(error)) from error
        if put["FailedEntryCount"]:
            raise Undelivered(str(put["Entries"][0]))

    def _unless_gone(self, do: Any) -> None:
        try:
            do()
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:
                raise Undelivered(str(error)) from error
        except BotoCoreError as error:
            raise Undelivered(str(error)) from error
