"""Which jobs may be asked of DRS now, under the limits of each account and Region. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from breakwater.recovery.engine.job_run import TAG_EXECUTION, TAG_JOB, JobRun
from breakwater.recovery.engine.seen import SeenJob
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JobStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """What DRS allows in an account and Region; the defaults are AWS's."""

    servers_per_job: int = 100
    jobs: int = 20
    servers_in_jobs: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is under way there, of all runs and of everybody else."""

    jobs: int
    servers: int
    busy: Mapping[str, str]
    """Source server → the open job that it is in."""

    @classmethod
    def of(cls, seen: Iterable[SeenJob]) -> "Usage":
        """Of the jobs that were seen, those that are open."""
        still = [job for job in seen if not job.ended]
        busy = {server: job.job_id for job in still for server in job.participants}
        return cls(jobs=len(still), servers=len(busy), busy=busy)

    def plus(self, job: JobRun) -> "Usage":
        """With a job more."""
        more = dict.fromkeys(job.server_ids, job.item_key)
        return replace(
            self,
            jobs=self.jobs + 1,
            servers=self.servers + len(job.server_ids),
            busy={**self.busy, **more},
        )


def jobs_for(
    wave: WaveRun,
    servers: Iterable[ServerRun],
    servers_per_job: Callable[[Target], int],
    there: Collection[JobRun] = (),
) -> list[JobRun]:
    """The jobs of a wave that starts: per place, of as many servers as one may have.

    :param there: those that a look has written that was broken off before it wrote the wave.
    """
    have = {key for job in there for key in job.server_keys}
    first = next_number(there, wave.index)
    places: dict[Target, list[str]] = {}
    for server in sorted(servers, key=lambda one: one.key):
        if not server.settled and server.key not in have:
            places.setdefault(server.target, []).append(server.server_id)
    jobs: list[JobRun] = []
    for target, ids in places.items():
        size = max(1, servers_per_job(target))
        for start in range(0, len(ids), size):
            jobs.append(
                JobRun(
                    execution_id=wave.execution_id,
                    wave_index=wave.index,
                    number=first + len(jobs),
                    account_id=target.account_id,
                    region=target.region,
                    server_ids=tuple(ids[start : start + size]),
                )
            )
    return jobs


def found_again(job: JobRun, seen: Iterable[SeenJob]) -> SeenJob | None:
    """The job of DRS's that an earlier call of this run did start.

    By its own tag; else by its servers in another job of this run's: a run launches a server once,
    so this one was cut from a job whose answer had been lost.
    """
    of_run = [one for one in seen if one.tags.get(TAG_EXECUTION) == job.execution_id]
    for one in of_run:
        if one.tags.get(TAG_JOB) == job.item_key:
            return one
    return next(
        (one for one in of_run if not one.participants.keys().isdisjoint(job.server_ids)), None
    )


def not_in(job: JobRun, known: SeenJob) -> set[str]:
    """Servers of this job that the job of DRS's, which it was found in, does not hold."""
    if known.tags.get(TAG_JOB) == job.item_key:
        return set()  # DRS may name its servers later
    return set(job.server_ids) - known.participants.keys()


def room_for(job: JobRun, usage: Usage, quotas: Quotas) -> str | None:
    """Why this job must wait for a place; None if it need not."""
    where = str(job.target)
    if usage.jobs >= quotas.jobs:
        return f"{usage.jobs} of {quotas.jobs} DRS jobs run in {where}"
    if usage.servers + len(job.server_ids) > quotas.servers_in_jobs:
        return f"{usage.servers} of {quotas.servers_in_jobs} servers are in DRS jobs in {where}"
    return None


def apart(job: JobRun, ids: Collection[str], number: int, why: str | None) -> tuple[JobRun, JobRun]:
    """The job without these servers, and another one for them."""
    rest = tuple(one for one in job.server_ids if one not in ids)
    others = tuple(one for one in job.server_ids if one in ids)
    return (
        replace(job, server_ids=rest),
        JobRun(
            execution_id=job.execution_id,
            wave_index=job.wave_index,
            number=number,
            account_id=job.account_id,
            region=job.region,
            server_ids=others,
            waiting_for=why,
            refusals=job.refusals,
        ),
    )


def next_number(jobs: Iterable[JobRun], wave_index: int) -> int:
    """A number that no job of this wave has."""
    return max((job.number for job in jobs if job.wave_index == wave_index), default=-1) + 1


def due(jobs: Iterable[JobRun], now: datetime) -> list[JobRun]:
    """Jobs to be asked for or looked for now, in the order of the plan."""
    return sorted(
        (
            job
            for job in jobs
            if (
                job.status is JobStatus.QUEUED and (job.not_before is None or job.not_before <= now)
            )
            or (
                job.status is JobStatus.STARTING
                and (job.claimed_until is None or job.claimed_until <= now)
            )
        ),
        key=lambda job: job.item_key,
    )
