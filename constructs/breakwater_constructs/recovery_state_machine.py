"""The state machine that leads a recovery run from its start to its end."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from breakwater import contract
from breakwater_constructs.recovery_definition import RecoveryActions, RecoveryDefinition
from breakwater_constructs.runtime_function import RuntimeFunction

# Vended logs and traces know no resources.
LOG_DELIVERY = (
    *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups"),
    *("logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries"),
    *("logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
)
TRACING = (
    *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
    *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
)

AGENT_TAG = ("agentName", "recovery")
"""By which an execution index knows whose executions these are."""


def _log_name(construct: Construct) -> str:
    """With this prefix, many machines in one account do not fill up CloudWatch's own policy.

    The end is of the stack's own id: a stack that is made anew meets no log of its predecessor.
    """
    stack_id = cdk.Fn.select(2, cdk.Fn.split("/", cdk.Aws.STACK_ID))
    name = cdk.Names.unique_resource_name(construct)
    return f"/aws/vendedlogs/states/{name}-{cdk.Fn.select(0, cdk.Fn.split('-', stack_id))}"


class RecoveryStateMachine(Construct):
    """Runs a recovery plan: starts waves, waits, looks, pauses for people, ends with a cause.

    Works with any five functions that keep the contract of `RecoveryActions`. Its role may call
    those five and nothing else of yours. Errors are logged without inputs and outputs, because a
    task token is among them; traces are on.

    Start it by `alias_arn`: each deployment that changes the machine publishes a version, and the
    alias `live` leads to the newest. Versions stay, so open runs keep theirs, and an alias can be
    led back by hand.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        actions: RecoveryActions,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        embedded: bool = False,
    ) -> None:
        """
        :param actions: the five functions.
        :param log_retention: how long its log is kept. `retain_logs` keeps the log group when the
            stack goes.
        :param embedded: for the embedded AWS, whose CloudFormation knows neither versions nor
            aliases (they are made after the deployment), and which asks for more than AWS does
            when a token is answered.
        """
        super().__init__(scope, id)
        self._embedded = embedded
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=_log_name(self),
            retention=log_retention,
            removal_policy=(cdk.RemovalPolicy.RETAIN if retain_logs else cdk.RemovalPolicy.DESTROY),
        )
        definition = RecoveryDefinition(self, actions)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            comment="Breakwater: recovery in waves",
            definition_body=sfn.DefinitionBody.from_chainable(definition.start),
            # CDK's own additions would allow every version of each function.
            role=self._role(actions).without_policy_updates(),
            logs=sfn.LogOptions(
                destination=self.log_group,
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
            tracing_enabled=True,
        )
        cdk.Tags.of(self.machine).add(*AGENT_TAG)
        cdk.Validations.of(self.machine).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-SF1",
                reason="Errors are logged. Every event stays in the execution's own history for 90 "
                "days, and what a run did is kept for good in ExecutionHistory.",
            )
        )
        if not embedded:
            self._publish()

    def _role(self, actions: RecoveryActions) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            ),
            description="What recovery runs may call",
        )
        iam.Grant.add_to_principal(
            grantee=role,
            actions=["lambda:InvokeFunction"],
            resource_arns=[function.function_arn for function in actions.all],
        )
        iam.Grant.add_to_principal(
            grantee=role, actions=[*LOG_DELIVERY, *TRACING], resource_arns=["*"]
        )
        cdk.Validations.of(role).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="X-Ray and the delivery of logs know no resources: they can only be allowed "
                "on *. The functions are named one by one.",
            )
        )
        return role

    def _publish(self) -> None:
        """A version of each revision, and the alias that leads to the newest."""
        version = sfn.CfnStateMachineVersion(
            self,
            "Version",
            state_machine_arn=self.machine.state_machine_arn,
            # A changed revision replaces the version; what it replaces stays.
            state_machine_revision_id=self.machine.state_machine_revision_id,
        )
        version.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        sfn.CfnStateMachineAlias(
            self,
            "Live",
            name=contract.LIVE_ALIAS,
            description="New runs are started by this alias",
            routing_configuration=[
                sfn.CfnStateMachineAlias.RoutingConfigurationVersionProperty(
                    state_machine_version_arn=version.attr_arn, weight=100
                )
            ],
        )

    @property
    def alias_arn(self) -> str:
        """By which runs are started."""
        return f"{self.machine.state_machine_arn}:{contract.LIVE_ALIAS}"

    def grant_start(self, grantee: iam.IGrantable) -> None:
        """May start runs, by the alias only."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["states:StartExecution"],
            # AWS asks for the machine, and tells the alias as a condition.
            resource_arns=[self.machine.state_machine_arn],
            conditions={
                "ForAnyValue:StringEquals": {"states:StateMachineQualifier": [contract.LIVE_ALIAS]}
            },
        )
        if self._embedded:
            # There, the alias itself is asked for.
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["states:StartExecution"],
                resource_arns=[self.alias_arn],
            )

    def grant_answer(self, grantee: RuntimeFunction) -> None:
        """May answer the token of a run that is paused; one of the five functions may, too.

        By a policy of its own: with the role's, a function would wait for the machine that waits
        for the function.
        """
        policy = iam.Policy(
            grantee,
            "AnswersPauses",
            roles=[grantee.role],
            statements=[
                iam.PolicyStatement(
                    actions=["states:SendTaskSuccess"],
                    resources=["*" if self._embedded else self.machine.state_machine_arn],
                )
            ],
        )
        if self._embedded:
            cdk.Validations.of(policy).acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-IAM5[Resource::*]",
                    reason="The embedded AWS can't tell from a token whose it is: it asks whether "
                    "any may be answered. On AWS it is this machine's only.",
                )
            )

    def grant_look(self, grantee: RuntimeFunction) -> None:
        """May ask how an execution is doing; its input and output are ids and counters."""
        here = f"arn:{cdk.Aws.PARTITION}:states:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["states:DescribeExecution"],
            resource_arns=[f"{here}:execution:{self.machine.state_machine_name}:*"],
        )
        name = cdk.Stack.of(self).resolve(self.machine.state_machine_name)["Fn::GetAtt"][0]
        here = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"
        finding = f"{here}:execution:<{name}.Name>:*"
        cdk.Validations.of(grantee).acknowledge(
            cdk.Acknowledgment(
                id=f"AwsSolutions-IAM5[Resource::{finding}]",
                reason="Executions of this one machine; which there will be, nobody knows yet.",
            )
        )

    def metric_failed(self) -> cloudwatch.Metric:
        """Executions that ended in an error, per five minutes; a failed recovery is among them."""
        return self.machine.metric_failed(period=cdk.Duration.minutes(5))

    def metric_aborted(self) -> cloudwatch.Metric:
        """Executions that somebody stopped from outside, per five minutes."""
        return self.machine.metric_aborted(period=cdk.Duration.minutes(5))

    def metric_throttled(self) -> cloudwatch.Metric:
        """Transitions that AWS held back, per five minutes."""
        return self.machine.metric_throttled(period=cdk.Duration.minutes(5))
