"""The role by which Breakwater reaches servers in another account."""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from breakwater import contract
from breakwater_constructs.recovery_permissions import grant_follow_launches, grant_recover_servers
from breakwater_constructs.runtime_function import RuntimeFunction


def grant_look_at_servers(grantee: RuntimeFunction, environment_name: str) -> None:
    """May look at the servers of its own account and at what they would be launched into, and
    assume the role in others.
    """
    grant_reads(grantee, contract.TARGET_READS)
    grant_reach_accounts(grantee, environment_name)


def grant_reads(grantee: RuntimeFunction, actions: Sequence[str]) -> None:
    """May make these calls, which list and describe, in its own account."""
    iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=["*"])
    _acknowledge(grantee, "*")


def grant_reach_accounts(grantee: RuntimeFunction, environment_name: str) -> None:
    """May assume the role in other accounts."""
    role = contract.target_role_name(environment_name)
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["sts:AssumeRole"],
        resource_arns=[f"arn:{cdk.Aws.PARTITION}:iam::*:role/{role}"],
    )
    _acknowledge(grantee, f"arn:<AWS::Partition>:iam::*:role/{role}")


def _acknowledge(grantee: RuntimeFunction, finding: str) -> None:
    cdk.Validations.of(grantee).acknowledge(
        cdk.Acknowledgment(
            id=f"AwsSolutions-IAM5[Resource::{finding}]",
            reason="DRS and EC2 know no resources for calls that list and describe; and which "
            "accounts are reached, the groups say, each account's own role decides.",
        )
    )


class TargetAccountRole(Construct):
    """Deployed into an account whose servers are to be recovered; assumed from the control plane.

    Three things must be right to assume it: the caller is one of the named functions' roles of the
    control account, it brings the external id, and (where you name one) it belongs to your
    organisation. It may look at DRS, at jobs and snapshots, and at the network that servers are
    launched into; it may recover servers, tag and end what recoveries launched, and change nothing
    else.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        environment_name: str,
        control_account: str,
        external_id: str,
        organization_id: str | None = None,
        instance_role_arns: Sequence[str] = (),
        embedded: bool = False,
    ) -> None:
        """
        :param environment_name: of the control plane: part of the role's name, which it knows.
        :param control_account: where the control plane is deployed: twelve digits.
        :param external_id: the word that both sides know; as in stacks/environments.py.
        :param organization_id: `o-...`: refuse callers outside this AWS organisation.
        :param instance_role_arns: roles of the instance profiles that launch templates here name,
            if they name others than those of DRS.
        :param embedded: for the embedded AWS.
        """
        super().__init__(scope, id)
        conditions: dict[str, dict[str, Any]] = {"StringEquals": {"sts:ExternalId": external_id}}
        if organization_id:
            conditions["StringEquals"]["aws:PrincipalOrgID"] = organization_id
        # A role's own name cannot stand in a trust policy before it exists, a pattern can: only
        # the functions of this environment's deployment match it, not everyone in the account.
        ours = contract.stack_name(environment_name, "*")
        partition = cdk.Aws.PARTITION
        conditions["ArnLike"] = {
            "aws:PrincipalArn": [
                f"arn:{partition}:iam::{control_account}:role/{ours}",
                # What the embedded AWS says for the same; AWS itself says the line above.
                f"arn:{partition}:sts::{control_account}:assumed-role/{ours}",
            ]
        }
        self.role = iam.Role(
            self,
            "Default",
            # A name that the control plane must know: the exception to leaving names to AWS.
            role_name=contract.target_role_name(environment_name),
            description=f"Breakwater {environment_name} in {control_account} recovers servers here",
            assumed_by=iam.AccountPrincipal(control_account).with_conditions(conditions),
            max_session_duration=cdk.Duration.hours(1),
        )
        self._allow("LooksAtServers", contract.TARGET_READS)
        grant_recover_servers(self.role, instance_role_arns=instance_role_arns)
        grant_follow_launches(self.role, embedded=embedded)

    def _allow(self, sid: str, actions: Sequence[str]) -> None:
        iam.Grant.add_to_principal(
            grantee=self.role, actions=list(actions), resource_arns=["*"]
        ).assert_success()
        cdk.Validations.of(self.role).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason=f"{sid}: these calls list and describe; IAM knows no resources for them.",
            )
        )
