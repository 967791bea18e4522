"""The recovery engine: its states, what it is told, what it counts, whom it may ask."""

from enum import StrEnum

# What the engine is told.
STATE_MACHINE_VARIABLE = "RECOVERY_STATE_MACHINE_ARN"
"""Of the alias by which runs are started."""

MESSAGES_TOPIC_VARIABLE = "MESSAGES_TOPIC_ARN"

TIME_SCALE_VARIABLE = "TIME_SCALE"
"""How many times faster than the wall clock the minutes of plans pass: 1 on AWS."""

LIVE_ALIAS = "live"
"""Runs are started by this alias of the state machine, never by its bare name."""

METRICS_NAMESPACE = "Breakwater"
ENVIRONMENT_DIMENSION = "Environment"
PLAN_DIMENSION = "Plan"
WAVE_DIMENSION = "Wave"


class State(StrEnum):
    """The states of the recovery state machine, as people see them on the diagram."""

    INITIATE_WAVE_PLAN = "InitiateWavePlan"
    DETERMINE_WAVE_PLAN_STATE = "DetermineWavePlanState"
    DETERMINE_WAVE_STATE = "DetermineWaveState"
    WAIT_FOR_WAVE_UPDATE = "WaitForWaveUpdate"
    UPDATE_WAVE_STATUS = "UpdateWaveStatus"
    WAIT_FOR_RESUME = "WaitForResume"
    RESUME_WAVE_PLAN = "ResumeWavePlan"
    RECORD_PLAN_FAILURE = "RecordPlanFailure"
    PLAN_FAILED_UNRECORDED = "PlanFailedUnrecorded"
    PLAN_COMPLETED = "PlanCompleted"
    PLAN_FAILED = "PlanFailed"
    PLAN_TIMEOUT = "PlanTimeout"
    PLAN_CANCELLED = "PlanCancelled"


class Metric(StrEnum):
    """What is counted, by environment and, where it says so, by plan."""

    RUNS_STARTED = "RunsStarted"
    RUNS_COMPLETED = "RunsCompleted"
    RUNS_FAILED = "RunsFailed"
    RUNS_TIMED_OUT = "RunsTimedOut"
    RUNS_CANCELLED = "RunsCancelled"
    PLAN_SECONDS = "PlanSeconds"
    WAVE_SECONDS = "WaveSeconds"
    RTO_RATIO = "RtoRatio"
    """Measured recovery time by the objective: above 1 it was missed."""

    RTO_RATIO_WITHOUT_PAUSES = "RtoRatioWithoutPauses"
    SERVERS_LAUNCHED = "ServersLaunched"
    SERVERS_FAILED = "ServersFailed"
    LONGEST_PAUSE_SECONDS = "LongestPauseSeconds"
    """Of the runs that are paused now, told every minute."""

    LONGEST_SILENCE_SECONDS = "LongestSilenceSeconds"
    """Since the engine last looked at a run that is under way, told every minute."""


# The role by which servers of another account are reached, and what it may look at there.
TARGET_EXTERNAL_ID_VARIABLE = "TARGET_EXTERNAL_ID"
TARGET_READS = (
    "drs:DescribeJobs",
    "drs:DescribeRecoverySnapshots",
    "drs:DescribeSourceServers",
    "drs:GetLaunchConfiguration",
    "drs:ListRecoveryPlanExecutionSteps",
    "drs:ListRecoveryPlanExecutions",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
)


def target_role_name(environment: str) -> str:
    """The name of that role, the same in every account."""
    return f"BreakwaterTarget-{environment}"
