"""What IAM must allow for an operation: its own action, and those that depend on it.

By the service authorization reference of DRS. What DRS does in EC2 during a launch or a cleanup it
does with the caller's credentials, by way of AWS; so that is demanded of the caller too, at the
moment when DRS does it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from breakwater_local.drs.gate import ANYTHING, Context, Need, Resource

MANAGED_TAG = "AWSElasticDisasterRecoveryManaged"
SOURCE_SERVER_TAG = "AWSElasticDisasterRecoverySourceServerID"
JOB_TAG = "AWSElasticDisasterRecoveryJobID"
TAGS_OF_A_LAUNCH = (SOURCE_SERVER_TAG, JOB_TAG)
_MANAGED_BY = "drs.amazonaws.com"

TagsOf = Callable[[str], Mapping[str, str]]
"""The tags of a resource, by its ARN."""

_OWN_ROLES = (
    "AWSElasticDisasterRecoveryConversionServerRole",
    "AWSElasticDisasterRecoveryRecoveryInstanceRole",
)
_VIA_DRS: Context = (
    ("aws:ViaAWSService", ("true",)),
    ("aws:CalledVia", ("drs.amazonaws.com",)),
    ("aws:CalledViaFirst", ("drs.amazonaws.com",)),
    ("aws:CalledViaLast", ("drs.amazonaws.com",)),
)
_OF_DRS: Context = (*_VIA_DRS, (f"aws:ResourceTag/{MANAGED_TAG}", (_MANAGED_BY,)))
_MADE: Context = (
    *(*_VIA_DRS, (f"aws:RequestTag/{MANAGED_TAG}", (_MANAGED_BY,))),
    ("aws:TagKeys", (MANAGED_TAG,)),
)

# What DRS looks at in EC2 while it launches; EC2 knows no resources for these.
_LOOKED_AT = (
    *("AccountAttributes", "AvailabilityZones", "Images", "InstanceAttribute", "InstanceStatus"),
    *("InstanceTypes", "Instances", "LaunchTemplateVersions", "LaunchTemplates"),
    *("SecurityGroups", "Snapshots", "Subnets", "Volumes"),
)
# What DRS makes there, and what kinds of resources that is about.
_MAKES = {
    "CreateLaunchTemplate": ("launch-template",),
    "CreateSnapshot": ("snapshot", "volume"),
    "CreateTags": ("instance", "launch-template", "snapshot", "volume"),
    "CreateVolume": ("volume",),
    "RunInstances": (
        *("image", "instance", "launch-template", "network-interface", "security-group"),
        *("subnet", "volume"),
    ),
}
# What DRS changes or ends there: all of it carries its tag.
_CHANGES = {
    "AttachVolume": ("instance", "volume"),
    "AuthorizeSecurityGroupEgress": ("security-group",),
    "AuthorizeSecurityGroupIngress": ("security-group",),
    "CreateLaunchTemplateVersion": ("launch-template",),
    "DeleteLaunchTemplateVersions": ("launch-template",),
    "DeleteSnapshot": ("snapshot",),
    "DeleteVolume": ("volume",),
    "DetachVolume": ("instance", "volume"),
    "ModifyInstanceAttribute": ("instance",),
    "ModifyLaunchTemplate": ("launch-template",),
    "RevokeSecurityGroupEgress": ("security-group",),
    "StartInstances": ("instance",),
    "StopInstances": ("instance",),
    "TerminateInstances": ("instance",),
}
_ENDS = ("DeleteVolume", "TerminateInstances")
_PREFIXES = {
    "image": "ami",
    "instance": "i",
    "launch-template": "lt",
    "network-interface": "eni",
    "security-group": "sg",
    "snapshot": "snap",
    "subnet": "subnet",
    "volume": "vol",
}
_WITHOUT_ACCOUNT = ("image", "snapshot")

# Operations that are about one resource or several, and where the request names them.
_ABOUT = {
    "CreateExtendedSourceServer": ("source-server", "sourceServerArn"),
    "DeleteRecoveryInstance": ("recovery-instance", "recoveryInstanceID"),
    "DescribeJobLogItems": ("job", "jobID"),
    "DescribeRecoverySnapshots": ("source-server", "sourceServerID"),
    "DisconnectRecoveryInstance": ("recovery-instance", "recoveryInstanceID"),
    "GetLaunchConfiguration": ("source-server", "sourceServerID"),
    "ListTagsForResource": ("", "resourceArn"),
    "ReverseReplication": ("recovery-instance", "recoveryInstanceID"),
    "StartFailbackLaunch": ("recovery-instance", "recoveryInstanceIDs"),
    "StartRecovery": ("source-server", "sourceServers"),
    "StopFailback": ("recovery-instance", "recoveryInstanceID"),
    "TagResource": ("", "resourceArn"),
    "TerminateRecoveryInstances": ("recovery-instance", "recoveryInstanceIDs"),
    "UntagResource": ("", "resourceArn"),
    "UpdateLaunchConfiguration": ("source-server", "sourceServerID"),
}
# What the service reads for the caller before it answers.
_READS = {
    "CreateExtendedSourceServer": ("drs:DescribeSourceServers", "drs:GetReplicationConfiguration"),
    "DescribeRecoveryInstances": ("drs:DescribeSourceServers", "ec2:DescribeInstances"),
    "InitializeService": (
        *("iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile"),
        *("iam:CreateServiceLinkedRole", "iam:GetInstanceProfile"),
    ),
    "ListExtensibleSourceServers": ("drs:DescribeSourceServers",),
    "TerminateRecoveryInstances": ("drs:DescribeSourceServers",),
    "UpdateLaunchConfiguration": ("ec2:DescribeInstances",),
}
# What the tags of a request are put on.
_TAGGED = {"CreateExtendedSourceServer": "source-server"}


def of_a_call(
    operation: str, params: Mapping[str, Any], account: str, region: str, tags_of: TagsOf
) -> list[Need]:
    """What the caller must be allowed before the operation is done."""
    resources = tuple(
        Resource(arn, tuple(sorted(tags_of(arn).items())))
        for arn in _arns(operation, params, account, region)
    ) or (ANYTHING,)
    tags = params.get("tags") or {}
    context: Context = tuple((f"aws:RequestTag/{key}", (value,)) for key, value in tags.items())
    keys = tuple(tags) or tuple(params.get("tagKeys", ()))
    if keys:
        context = (*context, ("aws:TagKeys", keys))
    needs = [Need(f"drs:{operation}", resources, context)]
    if operation == "StartRecovery":
        needs += [
            Need("drs:CreateRecoveryInstanceForDrs", resources),
            Need("drs:ListTagsForResource", resources),
        ]
    if tags and operation != "TagResource":
        kind = _TAGGED.get(operation, "job")
        new = Resource(f"arn:aws:drs:{region}:{account}:{kind}/new")
        creating: Context = (("drs:CreateAction", (operation,)),)
        needs.append(Need("drs:TagResource", (new,), (*context, *creating)))
    for action in _READS.get(operation, ()):
        needs.append(Need(action, (ANYTHING,), () if action.startswith("drs:") else _VIA_DRS))
    return needs


def of_a_launch(account: str, region: str) -> list[Need]:
    """What DRS does in EC2 with the caller's credentials, when it launches a server."""
    roles = tuple(
        Resource(f"arn:aws:iam::{account}:role/service-role/{name}") for name in _OWN_ROLES
    )
    to_ec2: Context = (*_VIA_DRS, ("iam:PassedToService", ("ec2.amazonaws.com",)))
    return [
        *(Need(f"ec2:Describe{what}", (ANYTHING,), _VIA_DRS) for what in _LOOKED_AT),
        *_in_ec2(_MAKES, account, region, _MADE),
        *_in_ec2(_CHANGES, account, region, _OF_DRS),
        Need("iam:PassRole", roles, to_ec2),
    ]


def of_a_cleanup(account: str, region: str) -> list[Need]:
    """What DRS does in EC2 with the caller's credentials, when it ends an instance."""
    looks = [
        Need(f"ec2:Describe{what}", (ANYTHING,), _VIA_DRS) for what in ("Instances", "Volumes")
    ]
    ends = {action: _CHANGES[action] for action in _ENDS}
    return [*looks, *_in_ec2(ends, account, region, _OF_DRS)]


def _in_ec2(
    actions: Mapping[str, tuple[str, ...]], account: str, region: str, context: Context
) -> Iterator[Need]:
    for action, kinds in actions.items():
        resources = tuple(
            Resource(
                f"arn:aws:ec2:{region}:{'' if kind in _WITHOUT_ACCOUNT else account}:{kind}/"
                f"{_PREFIXES[kind]}-00000000000000000"
            )
            for kind in kinds
        )
        yield Need(f"ec2:{action}", resources, context)


def _arns(operation: str, params: Mapping[str, Any], account: str, region: str) -> Iterator[str]:
    kind, member = _ABOUT.get(operation, ("", ""))
    named = params.get(member) if member else None
    for one in named if isinstance(named, list) else [named]:
        written = one.get("sourceServerID") if isinstance(one, dict) else one
        if isinstance(written, str):
            is_arn = written.startswith("arn:")
            yield written if is_arn else f"arn:aws:drs:{region}:{account}:{kind}/{written}"
