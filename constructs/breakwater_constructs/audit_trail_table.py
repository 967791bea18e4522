"""The table of who did what, when, from where and why."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class AuditTrailTable(DurableTable):
    """The audit trail: append only.

    What may I ask it?

    * what happened to this run, plan, group or workflow, in order  Query (subject, recordedAt)
    * what this person did, in order                                Query ActorDateIndex

    `recordedAt` is the time and a sequence number, so two records never share a key, and a record
    is put on the condition that its key is free. The table itself denies every update and every
    delete, to everyone: a role that allows them, an administrator's included, is refused. Changing
    that takes a change of the table's policy, which is in CloudTrail.
    """

    shape = contract.AUDIT_TRAIL

    def _resource_policy(self) -> iam.PolicyDocument:
        return iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    sid="AppendOnly",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    # BatchWriteItem can delete, and can put without a condition.
                    actions=[
                        "dynamodb:UpdateItem",
                        "dynamodb:DeleteItem",
                        "dynamodb:BatchWriteItem",
                        "dynamodb:PartiQLUpdate",
                        "dynamodb:PartiQLDelete",
                    ],
                    resources=["*"],
                )
            ]
        )

    def grant_append(self, grantee: iam.IGrantable) -> iam.Grant:
        """May add a record; nobody may change or remove one."""
        return self._grant(grantee, "PutItem")

    def grant_read_subject(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read the trail of a subject."""
        return self._grant(grantee, "Query")

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read the trail of a subject or of a person."""
        by_subject = self.grant_read_subject(grantee)
        return by_subject.combine(self._grant_query_indexes(grantee))
