"""What a cleanup may touch: instances that DRS calls a drill's, of jobs of this run."""

from dataclasses import replace

import pytest

from breakwater.recovery.engine.compensating import ours
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.seen import SeenInstance
from breakwater.recovery.engine.status import JobStatus
from tests.unit.recovery.made import HERE, server_id

JOB = JobRun(
    execution_id="r",
    wave_index=0,
    number=0,
    account_id=HERE.account_id,
    region=HERE.region,
    server_ids=(server_id(1),),
    status=JobStatus.ENDED,
    job_id="drsjob-of-this-run",
)


def instance(job_id: str | None, *, is_drill: bool | None, state: str = "RUNNING") -> SeenInstance:
    return SeenInstance(
        instance_id="i-1", server_id=server_id(1), state=state, job_id=job_id, is_drill=is_drill
    )


def test_a_drills_instance_of_a_job_of_this_run_is_ours() -> None:
    mine = instance(JOB.job_id, is_drill=True)
    assert ours([JOB], [mine]) == [(JOB, mine)]


@pytest.mark.parametrize(
    "other",
    [
        instance(JOB.job_id, is_drill=False),
        instance(JOB.job_id, is_drill=None),
        instance("drsjob-of-another-run", is_drill=True),
        instance(None, is_drill=True),
        instance(JOB.job_id, is_drill=True, state="TERMINATED"),
    ],
)
def test_everything_else_is_left_alone(other: SeenInstance) -> None:
    never_asked_for = replace(JOB, wave_index=1, job_id=None)
    assert ours([JOB, never_asked_for], [other]) == []
