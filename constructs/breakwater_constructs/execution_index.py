"""The execution index, whole: table, rule, queue and functions."""

from collections.abc import Iterator, Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater_constructs.execution_index_table import ExecutionIndexTable
from breakwater_constructs.execution_reading import grant_look_at_any
from breakwater_constructs.function_family import FunctionFamily
from breakwater_constructs.index_alarms import IndexAlarms
from breakwater_constructs.patient_queue import patient_queue, waiting_in
from breakwater_constructs.queue_reading import read_queue
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction

_LONGEST_PATH = 256  # as a tag's value
_MOST_SETTINGS = 3000  # characters; a function's whole environment may have 4 KB
_CAPTURE_SECONDS = 30
_SWEEP_TIMEOUT = cdk.Duration.minutes(15)
_OF_ALL = (
    "The index is of every state machine of the account, those of tomorrow included; these calls "
    "list and describe, in this Region only."
)


class ExecutionIndex(Construct):
    """Every execution of every standard state machine in this account and Region, in one table.

        index = ExecutionIndex(self, "Executions")
        index.grant_query(function)

    Nothing changes in the state machines. An EventBridge rule brings their status changes, by a
    queue, to a function that writes one row per execution. A sweep every few minutes finds what
    events missed, and mends it. `python -m breakwater.index` asks, backfills, replays and exports;
    it finds the index by an output of this stack.

    A function that queries finds the table by `environment`, and uses `breakwater.index`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_name_tag: str = contract.AGENT_NAME_TAG,
        search_attributes: Mapping[str, Sequence[str]] | None = None,
        input_paths: Mapping[str, str] | None = None,
        keep: cdk.Duration | None = cdk.Duration.days(90),  # noqa: B008 - immutable
        include_map_children: bool = False,
        sweep_interval: cdk.Duration | None = None,
        api_share: float = 0.5,
        alarms: bool = True,
        require_tls: bool = True,
        retain: bool = True,
        deletion_protection: bool = True,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param agent_name_tag: the tag of a state machine that says whose executions they are;
            without the tag, the state machine's name is the agent.
        :param search_attributes: name or ARN of a state machine → dotted paths into its input
            (`order.id`) that people search by; added to those of the machine's own tag
            `breakwater:search`, at most ten together.
        :param input_paths: `priority`, `triggeredBy` or `slaTargetSeconds` → the dotted path into
            the input where executions say it. It goes before a machine's tags
            `breakwater:priority` and so on.
        :param keep: how long a row stays after its execution ended, in whole days. None: for good.
        :param include_map_children: also index the child executions of distributed maps: a wide
            map alone can start ten thousand.
        :param sweep_interval: how often the sweep looks for what events missed; whole minutes,
            default five.
        :param api_share: the part of the quotas of Step Functions' read calls that sweep and
            backfill may use together; at most half, because they are shared with everybody else
            in the account.
        :param alarms: watch the index itself. None of these alarms tells anybody by itself: add
            actions to `self.alarms`, or make an `IndexAlarms` of your own.
        :param require_tls: the queues refuse calls without TLS; only the embedded AWS, which has
            no certificates, needs it off.
        :param retain: keep the table, with its data, when the stack is deleted or replaces it.
        :param deletion_protection: DynamoDB itself refuses to delete the table while this is on.
        :param log_retention: how long logs are kept. `retain_logs` keeps the log groups when the
            stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        interval = sweep_interval or cdk.Duration.minutes(5)
        self._settings = _settings(
            agent_name_tag=agent_name_tag,
            search_attributes=search_attributes,
            input_paths=input_paths,
            keep=keep,
            include_map_children=include_map_children,
            sweep_interval=interval,
            api_share=api_share,
        )
        # "Default": the table keeps the logical id that it has without this construct.
        self.table = ExecutionIndexTable(
            self, "Default", retain=retain, deletion_protection=deletion_protection
        )
        self._functions = FunctionFamily(
            self,
            environment={**self.table.environment, **self.settings},
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        self.dead_letters = patient_queue(self, "DeadLetters", require_tls=require_tls)
        self.queue = patient_queue(
            self,
            "Queue",
            require_tls=require_tls,
            visibility_timeout=cdk.Duration.seconds(6 * _CAPTURE_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=contract.INDEX_RECEIVES
            ),
        )
        self.capture = self._capture()
        self.sweep = self._sweep(interval)
        self.backfill = self._backfill()
        self._rules(include_map_children=include_map_children)
        self._tell()
        self.alarms = IndexAlarms(self, "Alarms", index=self).alarms if alarms else []

    @property
    def environment(self) -> dict[str, str]:
        """The variable by which a function finds the table: merge it into its environment."""
        return self.table.environment

    @property
    def settings(self) -> dict[str, str]:
        """The variable by which its functions know how it works, such as how long rows stay."""
        return {contract.INDEX_SETTINGS_VARIABLE: self._settings}

    def grant_query(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look executions up, list and search them, and read the health record."""
        return self.table.grant_query(grantee)

    def metric_lag(self) -> cloudwatch.Metric:
        """Seconds that the oldest status change has been waiting to be indexed."""
        return self.queue.metric_approximate_age_of_oldest_message(
            statistic="Maximum", period=cdk.Duration.minutes(1)
        )

    def metric_dead_letters(self) -> cloudwatch.Metric:
        """Records that could not be indexed and wait to be replayed."""
        return waiting_in(self.dead_letters)

    def metric_sweep_errors(self) -> cloudwatch.Metric:
        """Sweeps that ended in an exception, per five minutes."""
        return self.sweep.metric_errors()

    def metric_repairs(self) -> cloudwatch.Metric:
        """Rows that a sweep had to mend, per hour: events that were lost."""
        return cloudwatch.Metric(
            namespace=contract.INDEX_METRICS,
            metric_name=contract.INDEX_REPAIRS_METRIC,
            dimensions_map={
                contract.INDEX_DIMENSION: self.table.table.table_name,
                "service": "index_sweep",
            },
            statistic="Sum",
            period=cdk.Duration.hours(1),
        )

    def _capture(self) -> RuntimeFunction:
        capture = self._functions.add(
            "Capture",
            "index_capture",
            "Writes status changes of executions into the index",
            timeout=cdk.Duration.seconds(_CAPTURE_SECONDS),
            variables={contract.INDEX_DEAD_LETTERS_VARIABLE: self.dead_letters.queue_url},
        )
        self.table.grant_write(capture)
        grant_look_at_any(capture, ("DescribeExecution", "ListTagsForResource"), _OF_ALL)
        read_queue(self, capture, self.queue, dead_letters=self.dead_letters)
        return capture

    def _sweep(self, interval: cdk.Duration) -> RuntimeFunction:
        sweep = self._functions.add(
            "Sweep",
            "index_sweep",
            "Finds executions that events missed, and mends their rows",
            timeout=_SWEEP_TIMEOUT,
            variables={contract.INDEX_DEAD_LETTERS_VARIABLE: self.dead_letters.queue_url},
        )
        self.table.grant_sweep(sweep)
        grant_look_at_any(sweep, contract.INDEX_LOOKS, _OF_ALL)
        iam.Grant.add_to_principal(
            grantee=sweep,
            actions=["sqs:GetQueueAttributes"],
            resource_arns=[self.dead_letters.queue_arn],
        )
        events.Rule(
            self,
            "SweepSchedule",
            description="The sweep of the execution index",
            schedule=events.Schedule.rate(interval),
            targets=[targets.LambdaFunction(sweep.function, retry_attempts=0)],
        )
        return sweep

    def _backfill(self) -> RuntimeFunction:
        backfill = self._functions.add(
            "Backfill",
            "index_backfill",
            "Writes past executions into the index, a slice at a time",
            timeout=_SWEEP_TIMEOUT,
        )
        self.table.grant_write(backfill)
        grant_look_at_any(backfill, contract.INDEX_LOOKS, _OF_ALL)
        return backfill

    def _rules(self, *, include_map_children: bool) -> None:
        # The machine of a map's children is `<machine>/<label>`: they are not even delivered.
        only = {} if include_map_children else {"stateMachineArn": [_NOT_CHILDREN]}
        events.Rule(
            self,
            "StatusChanges",
            description="Status changes of executions, to the execution index",
            event_pattern=events.EventPattern(
                # A bus may be sent the events of other accounts: they have indexes of their own,
                # and nothing here may ask about their executions.
                account=[cdk.Stack.of(self).account],
                region=[cdk.Stack.of(self).region],
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail=only or None,
            ),
            targets=[targets.SqsQueue(self.queue)],
        )
        events.Rule(
            self,
            "Gates",
            description="What gates hold and let go, to the execution index",
            event_pattern=events.EventPattern(
                account=[cdk.Stack.of(self).account],
                region=[cdk.Stack.of(self).region],
                source=[contract.GATE_EVENT_SOURCE],
                detail_type=[contract.GATE_EVENT_TYPE],
            ),
            targets=[targets.SqsQueue(self.queue)],
        )

    def _tell(self) -> None:
        parts = {
            "table": self.table.table.table_name,
            "queue": self.queue.queue_url,
            "deadLetters": self.dead_letters.queue_url,
            "sweep": self.sweep.function.function_name,
            "backfill": self.backfill.function.function_name,
        }
        cdk.CfnOutput(
            self,
            "Parts",
            value=cdk.Stack.of(self).to_json_string(parts),
            description=contract.INDEX_PARTS_OUTPUT,
        )


_NOT_CHILDREN = {"anything-but": {"wildcard": "*/*"}}


def _singly(paths: Mapping[str, str] | None) -> Iterator[tuple[str, Sequence[str]]]:
    return ((place, [path]) for place, path in (paths or {}).items())


def _check_paths(place: str, paths: Sequence[str]) -> None:
    """A text is a sequence too, of letters: it must not be taken for ten paths."""
    if isinstance(paths, str) or not all(_is_path(path) for path in paths):
        raise ValueError(f"The paths of {place} are {paths!r}; write them as ['order.id']")
    if len(paths) > contract.INDEX_MOST_PATHS:
        raise ValueError(
            f"{place} has {len(paths)} paths; at most {contract.INDEX_MOST_PATHS} are indexed"
        )


def _is_path(path: str) -> bool:
    return 0 < len(path) <= _LONGEST_PATH and all(path.split("."))


def _settings(
    *,
    agent_name_tag: str,
    search_attributes: Mapping[str, Sequence[str]] | None,
    input_paths: Mapping[str, str] | None,
    keep: cdk.Duration | None,
    include_map_children: bool,
    sweep_interval: cdk.Duration,
    api_share: float,
) -> str:
    """What the functions are told; ValueError quotes what they could not work with."""
    unknown = set(input_paths or ()) - set(contract.LIFTED_FIELDS)
    if unknown:
        raise ValueError(
            f"input_paths names {sorted(unknown)}; it may name {list(contract.LIFTED_FIELDS)}"
        )
    for place, paths in (*(search_attributes or {}).items(), *_singly(input_paths)):
        _check_paths(place, paths)
    if keep is not None and keep.to_days(integral=False) < 1:
        raise ValueError(f"keep is {keep.to_human_string()}; give at least a day, or None for good")
    if not 0 < api_share <= 0.5:
        raise ValueError(
            f"api_share is {api_share}; give more than 0 and at most 0.5: the quotas of Step "
            "Functions are shared with everybody else in the account"
        )
    if not 1 <= sweep_interval.to_minutes() <= 60:
        raise ValueError(f"sweep_interval is {sweep_interval.to_minutes()} minutes; give 1 to 60")
    if not agent_name_tag.strip():
        raise ValueError(f"agent_name_tag is {agent_name_tag!r}; give the key of a tag")
    settings = IndexSettings(
        agentNameTag=agent_name_tag,
        search={machine: list(paths) for machine, paths in (search_attributes or {}).items()},
        inputPaths=dict(input_paths or {}),
        keepDays=None if keep is None else int(keep.to_days()),
        mapChildren=include_map_children,
        apiShare=api_share,
        sweepMinutes=int(sweep_interval.to_minutes()),
    ).to_json()
    if len(settings) > _MOST_SETTINGS:
        raise ValueError(
            f"The settings are {len(settings)} characters long, and {_MOST_SETTINGS} fit: give "
            "state machines their own tag breakwater:search instead of search_attributes here"
        )
    return settings
