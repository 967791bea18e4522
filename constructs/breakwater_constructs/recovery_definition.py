"""What the recovery state machine does, state by state."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from breakwater.contract import State

# What Lambda itself refuses, or breaks off: in a disaster others use up what it can do, too.
_OF_LAMBDA = (
    *("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"),
    *("Lambda.TooManyRequestsException", "Lambda.Unknown"),
)
# Ordinary exceptions of our code stand for faults of AWS that pass, so they are tried again too.
# `States.TaskFailed` is any error but a timeout: a pause that nobody ends is no fault.
_OF_OURS = (sfn.Errors.TASKS_FAILED,)
_UNDER_WAY = ("RUNNING", "PAUSING", "CANCELLING")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryActions:
    """The functions that the state machine calls.

    Each takes the state object and returns it whole; `store_task_token` takes it as `state`, with
    the `taskToken`, and what answers the token is the state object.
    """

    begin: lambda_.IFunction
    update_wave_status: lambda_.IFunction
    store_task_token: lambda_.IFunction
    resume_wave: lambda_.IFunction
    record_failure: lambda_.IFunction

    @property
    def all(self) -> tuple[lambda_.IFunction, ...]:
        """All five."""
        return (
            *(self.begin, self.update_wave_status, self.store_task_token),
            *(self.resume_wave, self.record_failure),
        )


class RecoveryDefinition:
    """The states, joined. `start` is where an execution begins.

    The functions decide and this only leads from one to the next. No loop goes without a wait or a
    person: of a status that is not known here, and of a missing one, a failure is recorded.
    """

    def __init__(self, scope: Construct, actions: RecoveryActions) -> None:
        """
        :param scope: whose states they become. `actions`: the functions.
        """
        self._scope = scope
        self._actions = actions
        self._completed = sfn.Succeed(scope, State.PLAN_COMPLETED)
        self._failed = self._end(State.PLAN_FAILED)
        self._timed_out = self._end(State.PLAN_TIMEOUT)
        self._cancelled = self._end(State.PLAN_CANCELLED)
        self._record = self._record_failure()
        self._plan_state = sfn.Choice(scope, State.DETERMINE_WAVE_PLAN_STATE)
        self._wave_state = sfn.Choice(scope, State.DETERMINE_WAVE_STATE)
        self.start = self._invoke(State.INITIATE_WAVE_PLAN, actions.begin).next(self._plan_state)
        update = self._watch_waves()
        self._judge_plan(paused=self._wait_for_people(update))

    def _record_failure(self) -> tasks.LambdaInvoke:
        """An error that nobody foresaw: into the run's record, and then the end.

        Where even that fails, the end has a cause that depends on nothing.
        """
        record = self._task(State.RECORD_PLAN_FAILURE, self._actions.record_failure)
        unrecorded = sfn.Fail(
            self._scope,
            State.PLAN_FAILED_UNRECORDED,
            error=State.PLAN_FAILED,
            cause="The run failed, and the engine could not write down why: its record may still "
            "say that it is under way. The history of this execution has both errors. See "
            "docs/operations.md, a run's failure was not recorded.",
        )
        record.add_catch(unrecorded, errors=[sfn.Errors.ALL], result_path="$.unrecorded")
        record.next(self._failed)
        return record

    def _watch_waves(self) -> tasks.LambdaInvoke:
        """The loop: wait as long as the engine says, look at DRS, judge."""
        update = self._invoke(State.UPDATE_WAVE_STATUS, self._actions.update_wave_status)
        wait = sfn.Wait(
            self._scope,
            State.WAIT_FOR_WAVE_UPDATE,
            time=sfn.WaitTime.seconds_path("$.waitSeconds"),
        )
        wait.next(update).next(self._wave_state)
        (
            self._wave_state.when(_no_status(), self._record)
            .when(_status(*_UNDER_WAY), wait)
            .when(_status("FAILED"), self._failed)
            .when(_status("TIMED_OUT"), self._timed_out)
            .otherwise(self._plan_state)
        )
        return update

    def _wait_for_people(self, update: tasks.LambdaInvoke) -> tasks.LambdaInvoke:
        """Paused until the token is answered, or for as long as the plan allows.

        What answers the token is the state object itself, so it is taken as it is. When nobody
        does, the engine records the timeout: it is the one that ends runs.
        """
        wait = tasks.LambdaInvoke(
            self._scope,
            State.WAIT_FOR_RESUME,
            lambda_function=self._actions.store_task_token,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            payload=sfn.TaskInput.from_object(
                {"state": sfn.JsonPath.entire_payload, "taskToken": sfn.JsonPath.task_token}
            ),
            task_timeout=sfn.Timeout.at("$.pauseTimeoutSeconds"),
            retry_on_service_exceptions=False,
        )
        _try_again(wait, _OF_OURS)
        wait.add_catch(update, errors=[sfn.Errors.TIMEOUT], result_path="$.timedOut")
        self._catch(wait)
        resume = self._invoke(State.RESUME_WAVE_PLAN, self._actions.resume_wave)
        wait.next(resume).next(self._wave_state)
        return wait

    def _judge_plan(self, *, paused: sfn.IChainable) -> None:
        (
            self._plan_state.when(_no_status(), self._record)
            .when(_status("COMPLETED"), self._completed)
            .when(_status("PAUSED"), paused)
            .when(_status("FAILED"), self._failed)
            .when(_status("TIMED_OUT"), self._timed_out)
            .when(_status("CANCELLED"), self._cancelled)
            .when(_status(*_UNDER_WAY), self._wave_state)
            .otherwise(self._record)
        )

    def _invoke(self, state: State, function: lambda_.IFunction) -> tasks.LambdaInvoke:
        """A task that takes the state object and returns it; its errors are recorded."""
        task = self._task(state, function)
        self._catch(task)
        return task

    def _task(self, state: State, function: lambda_.IFunction) -> tasks.LambdaInvoke:
        task = tasks.LambdaInvoke(
            self._scope,
            state,
            lambda_function=function,
            payload=sfn.TaskInput.from_json_path_at("$"),
            output_path="$.Payload",
            # Longer than the functions may run: an answer that was lost, or never came.
            task_timeout=sfn.Timeout.duration(cdk.Duration.minutes(2)),
            retry_on_service_exceptions=False,  # ours, below
        )
        _try_again(task, (*_OF_OURS, sfn.Errors.TIMEOUT))
        return task

    def _catch(self, task: tasks.LambdaInvoke) -> None:
        task.add_catch(self._record, errors=[sfn.Errors.ALL], result_path="$.error")

    def _end(self, state: State) -> sfn.Fail:
        return sfn.Fail(self._scope, state, error=state, cause_path="$.cause")


def _try_again(task: tasks.LambdaInvoke, errors: tuple[str, ...]) -> None:
    """These some three minutes; what is Lambda's own, some twenty. At moments of its own choice."""
    for these, attempts in ((_OF_LAMBDA, 40), (errors, 10)):
        task.add_retry(
            errors=list(these),
            interval=cdk.Duration.seconds(2),
            backoff_rate=2,
            max_attempts=attempts,
            max_delay=cdk.Duration.minutes(1),
            jitter_strategy=sfn.JitterType.FULL,
        )


def _no_status() -> sfn.Condition:
    return sfn.Condition.is_not_present("$.status")


def _status(*names: str) -> sfn.Condition:
    conditions = [sfn.Condition.string_equals("$.status", name) for name in names]
    return conditions[0] if len(conditions) == 1 else sfn.Condition.or_(*conditions)
