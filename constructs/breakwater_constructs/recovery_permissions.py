"""What it takes to recover servers with DRS: the list that the engine's role and the role in every
other account share.

DRS launches with its caller's credentials (a forward access session): it is the caller who must be
allowed what DRS does in EC2, and a permission that is missing shows only minutes later, as a failed
launch. So what changes something in EC2 is allowed when AWS calls it for us (aws:ViaAWSService),
never to our own code; and, wherever the thing exists already, only where DRS has tagged it as its
own. The lists are those of the service authorization reference of DRS.
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from breakwater_constructs.runtime_function import RuntimeFunction

RECOVERY_READS = (
    "drs:DescribeRecoveryInstances",
    "drs:DescribeReplicationConfigurationTemplates",
    "drs:DescribeSourceServers",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceAttribute",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSnapshots",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumes",
    "servicequotas:GetServiceQuota",
)
"""Looked at during a recovery, by us or by DRS for us; IAM knows no resources for most of these."""

RECOVERY_CALLS = (
    "drs:CreateRecoveryInstanceForDrs",
    "drs:ListTagsForResource",
    "drs:StartRecovery",
    "drs:TagResource",
    "drs:TerminateRecoveryInstances",
)
"""Start recoveries, tag their jobs, end what they launched."""

LAUNCH_LOGS = "drs:DescribeJobLogItems"
TAG_LAUNCHED = "ec2:CreateTags"
"""Our own call, on instances that DRS launched."""

MADE_BY_DRS = (
    "ec2:AttachVolume",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateSnapshot",
    "ec2:CreateTags",
    "ec2:CreateVolume",
    "ec2:DetachVolume",
    "ec2:RunInstances",
)
"""What DRS makes in EC2, of things that it did not make (subnets, images, security groups)."""

CHANGED_BY_DRS = (
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:DeleteLaunchTemplateVersions",
    "ec2:DeleteSnapshot",
    "ec2:DeleteVolume",
    "ec2:ModifyInstanceAttribute",
    "ec2:ModifyLaunchTemplate",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:StartInstances",
    "ec2:StopInstances",
    "ec2:TerminateInstances",
)
"""What DRS changes or ends in EC2: only things that carry its tag."""

MANAGED_TAG = "AWSElasticDisasterRecoveryManaged"

INSTANCE_ROLES = (
    "AWSElasticDisasterRecoveryConversionServerRole",
    "AWSElasticDisasterRecoveryRecoveryInstanceRole",
    "AWSElasticDisasterRecoveryRecoveryInstanceWithLaunchActionsRole",
)
"""What InitializeService makes for conversion servers and recovered ones."""

_VIA_AWS = {"Bool": {"aws:ViaAWSService": "true"}}
_MADE_BY_DRS = {"Null": {f"aws:ResourceTag/{MANAGED_TAG}": "false"}}


def grant_recover_servers(
    grantee: RuntimeFunction | iam.Role, *, instance_role_arns: Sequence[str] = ()
) -> None:
    """May recover the servers of its own account, and end what recoveries launched.

    :param instance_role_arns: roles of the instance profiles that your launch templates name, if
        they name others than those of DRS.
    """
    _grant(grantee, recovery_statements(instance_role_arns=instance_role_arns))


def grant_follow_launches(grantee: RuntimeFunction | iam.Role, *, embedded: bool = False) -> None:
    """May read what a recovery says while it runs, and tag what it launched.

    :param embedded: for the embedded AWS, which knows neither the instance nor its tags when it
        judges who may tag it.
    """
    partition, account = cdk.Aws.PARTITION, cdk.Aws.ACCOUNT_ID
    launched = f"arn:{partition}:ec2:*:{account}:instance/*"
    logs = _allow([LAUNCH_LOGS], [f"arn:{partition}:drs:*:{account}:job/*"])
    tagging = (
        _allow([TAG_LAUNCHED], ["*"])
        if embedded
        else _allow([TAG_LAUNCHED], [launched], _MADE_BY_DRS)
    )
    _grant(grantee, [logs, tagging])


def _grant(grantee: RuntimeFunction | iam.Role, statements: Sequence[iam.PolicyStatement]) -> None:
    for statement in statements:
        # A grant that is lost would be noticed minutes after a recovery began.
        if not grantee.grant_principal.add_to_principal_policy(statement).statement_added:
            raise ValueError(f"{grantee.node.path} is no role of this app: it takes no permissions")
        for resource in statement.resources:
            _acknowledge(grantee, resource)


def recovery_statements(*, instance_role_arns: Sequence[str] = ()) -> list[iam.PolicyStatement]:
    """Those permissions, for the account that the stack is deployed to."""
    partition, account = cdk.Aws.PARTITION, cdk.Aws.ACCOUNT_ID
    in_drs = [
        f"arn:{partition}:drs:*:{account}:{kind}/*"
        for kind in ("source-server", "recovery-instance", "job")
    ]
    in_ec2 = f"arn:{partition}:ec2:*:{account}:*/*"
    # EC2 writes the names of these two without an account.
    of_nobody = [f"arn:{partition}:ec2:*::{kind}/*" for kind in ("image", "snapshot")]
    roles = [f"arn:{partition}:iam::{account}:role/service-role/{name}" for name in INSTANCE_ROLES]
    of_drs = {**_VIA_AWS, **_MADE_BY_DRS}
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    return [
        _allow(RECOVERY_READS, ["*"]),
        _allow(RECOVERY_CALLS, in_drs),
        _allow(MADE_BY_DRS, [in_ec2, *of_nobody], _VIA_AWS),
        _allow(CHANGED_BY_DRS, [in_ec2, of_nobody[1]], of_drs),
        _allow(["iam:PassRole"], [*roles, *instance_role_arns], to_ec2),
    ]


def _allow(
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, str]] | None = None,
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(actions), resources=list(resources), conditions=conditions
    )


def _acknowledge(grantee: RuntimeFunction | iam.Role, resource: str) -> None:
    """cdk-nag's finding for a resource that is a pattern, with the reason for it."""
    if "*" not in resource:
        return
    named = resource.replace(cdk.Aws.PARTITION, "<AWS::Partition>").replace(
        cdk.Aws.ACCOUNT_ID, "<AWS::AccountId>"
    )
    cdk.Validations.of(grantee).acknowledge(
        cdk.Acknowledgment(
            id=f"AwsSolutions-IAM5[Resource::{named}]",
            reason="Which servers there are, DRS knows only when they are recovered; what changes "
            "something is allowed to DRS acting for us, and reads know no resources.",
        )
    )
