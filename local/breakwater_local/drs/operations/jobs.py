"""How every job begins."""

from breakwater_local.drs.call import Call
from breakwater_local.drs.job import Job, Kind

WAITING = (5.0, 15.0)
"""So long a job is PENDING, in simulated seconds."""


def begin_job(call: Call, kind: Kind, initiated_by: str) -> Job:
    """A new job, with the tags of the call; it has no servers yet and is not in its world."""
    job_id = call.world.next_job_id(call.realm.dice)
    return Job(
        number=call.realm.next_number(),
        id=job_id,
        arn=call.world.arn("job", job_id),
        kind=kind,
        initiated_by=initiated_by,
        created=call.now,
        started=call.now + call.realm.dice.between(*WAITING, "waiting", job_id),
        launches=[],
        tags=dict(call.params.get("tags", {})),
    )
