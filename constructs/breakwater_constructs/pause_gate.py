"""A gate in a state machine, at which people can hold its executions."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from breakwater import contract
from breakwater_constructs.pause_gate_table import PauseGateTable
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction

_LONGEST = cdk.Duration.days(364)
_OF_LAMBDA = (
    *("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"),
    *("Lambda.TooManyRequestsException", "Lambda.ClientExecutionTimeoutException"),
    "Lambda.Unknown",
)


class PauseGate(Construct):
    """One more state, at which an execution goes on at once unless somebody wants it held.

        gate = PauseGate(self, "Gate")
        machine = sfn.StateMachine(
            self,
            "Orders",
            definition_body=sfn.DefinitionBody.from_chainable(
                charge.next(gate.state("BeforeShipping")).next(ship)
            ),
        )
        gate.guard(machine)

    Passing costs one transition and one call of a function. What is held waits for its callback,
    which costs nothing, and goes on with exactly what it arrived with. If nobody resumes it within
    `timeout`, it fails with the error `PauseTimedOut` and a cause that says so. There is no
    heartbeat: people send none.

    It tells the account's default bus what it holds and lets go: an `ExecutionIndex` there shows
    that as PAUSED. Task tokens stay in the gate's own table. Breakwater pauses and resumes by
    calling the gate's function; without it `aws lambda invoke` does the same
    (docs/pause-gate.md).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        timeout: cdk.Duration | None = None,
        retain: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
        embedded: bool = False,
    ) -> None:
        """
        :param timeout: how long an execution waits to be resumed; default: 24 hours, at most 364
            days.
        :param retain: keep the table when the stack is deleted. What waits cannot go on without the
            function, so by default it goes as well.
        :param log_retention: how long logs are kept. `retain_logs` keeps the log group when the
            stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        :param embedded: for the embedded AWS, which asks for more when a token is answered, and
            does not judge what an event says.
        """
        super().__init__(scope, id)
        self.timeout = timeout or cdk.Duration.hours(24)
        if not 60 <= self.timeout.to_seconds() <= _LONGEST.to_seconds():
            raise ValueError(
                f"timeout is {self.timeout.to_human_string()}; give a minute to 364 days"
            )
        self._embedded = embedded
        self.table = PauseGateTable(self, "Table", retain=retain, deletion_protection=retain)
        self.function = RuntimeFunction(
            self,
            "Function",
            handler="pause_gate",
            description="A pause gate: holds executions, and lets them go",
            environment={
                **self.table.environment,
                contract.GATE_SECONDS_VARIABLE: str(int(self.timeout.to_seconds())),
            },
            timeout=cdk.Duration.seconds(20),
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        self.table.grant_keep(self.function)
        self._grant_tell()
        # By it, roles know which functions are gates.
        cdk.Tags.of(self.function.function).add(contract.GATE_TAG, contract.GATE_FUNCTION)

    def state(self, name: str = "PauseGate") -> tasks.LambdaInvoke:
        """A gate to be put between two states; there may be several, each with its own name.

        What it is given it gives on, whatever the answer was.
        """
        gate = tasks.LambdaInvoke(
            self,
            name,
            comment="Goes on at once, unless somebody wants the execution held",
            lambda_function=self.function.function,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            payload=sfn.TaskInput.from_object(
                {
                    "do": "arrive",
                    "executionArn": sfn.JsonPath.execution_id,
                    "gate": sfn.JsonPath.state_name,
                    "token": sfn.JsonPath.task_token,
                }
            ),
            result_path=sfn.JsonPath.DISCARD,
            task_timeout=sfn.Timeout.duration(self.timeout),
            retry_on_service_exceptions=False,  # ours, below
        )
        gate.add_retry(
            # Also what the function itself runs into, such as a table that throttles: nobody's
            # execution is to fail by its gate for that.
            errors=[*_OF_LAMBDA, sfn.Errors.TASKS_FAILED],
            interval=cdk.Duration.seconds(2),
            backoff_rate=2,
            max_attempts=10,
            max_delay=cdk.Duration.minutes(1),
            jitter_strategy=sfn.JitterType.FULL,
        )
        late = sfn.Fail(
            self,
            f"{name}TimedOut",
            error="PauseTimedOut",
            cause=f"It was held at the gate {name}, and nobody resumed it within "
            f"{self.timeout.to_human_string()}.",
        )
        gate.add_catch(late, errors=[sfn.Errors.TIMEOUT], result_path=sfn.JsonPath.DISCARD)
        return gate

    def guard(self, machine: sfn.StateMachine) -> None:
        """Executions of this machine are let through by this gate, and Breakwater finds it."""
        cdk.Tags.of(machine).add(contract.GATE_TAG, self.function.function.function_arn)
        # A policy of its own: with the role's, the function would wait for the machine that waits
        # for the function.
        policy = iam.Policy(
            self,
            f"Answers{machine.node.id}",
            roles=[self.function.role],
            statements=[
                iam.PolicyStatement(
                    actions=["states:SendTaskSuccess"],
                    resources=["*" if self._embedded else machine.state_machine_arn],
                )
            ],
        )
        if self._embedded:
            cdk.Validations.of(policy).acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-IAM5[Resource::*]",
                    reason="The embedded AWS can't tell from a token whose it is.",
                )
            )

    def _grant_tell(self) -> None:
        """May say on the default bus that it holds something, and nothing else."""
        bus = cdk.Stack.of(self).format_arn(
            service="events", resource="event-bus", resource_name="default"
        )
        gates_only = {
            "events:source": contract.GATE_EVENT_SOURCE,
            "events:detail-type": contract.GATE_EVENT_TYPE,
        }
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=["events:PutEvents"],
            resource_arns=[bus],
            conditions=None if self._embedded else {"StringEquals": gates_only},
        ).assert_success()

    def grant_use(self, grantee: iam.IGrantable) -> iam.Grant:
        """May hold executions, let them go, and look."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["lambda:InvokeFunction"],
            resource_arns=[self.function.function.function_arn],
        )
