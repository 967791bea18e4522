"""How jobs and instances say which run they belong to. Pure."""

import re

from breakwater.recovery.engine.job_run import TAG_EXECUTION, TAG_JOB, JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.wave_run import WaveRun

_NOT_IN_A_TAG = re.compile(r"[^\w\s+\-=.:/@]")
_VALUE_LENGTH = 256


def instance_tags(run: Run, wave: WaveRun) -> dict[str, str]:
    """On every instance that a run launches."""
    return {
        TAG_EXECUTION: run.execution_id,
        "breakwater:plan": _value(run.plan_name),
        "breakwater:wave": _value(wave.name),
        "breakwater:drill": "true" if run.is_drill else "false",
    }


def job_tags(run: Run, wave: WaveRun, job: JobRun) -> dict[str, str]:
    """On every job that a run starts: by two of them it is found again."""
    return {**instance_tags(run, wave), TAG_JOB: job.item_key}


def _value(name: str) -> str:
    """As AWS takes it: names may have characters that tags may not."""
    return _NOT_IN_A_TAG.sub("_", name)[:_VALUE_LENGTH]
