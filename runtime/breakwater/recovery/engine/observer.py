"""Looks at everything of a run that is under way in DRS, and settles what it says.

Calls per look: per place, one DescribeJobs per page of the run's open jobs and one
DescribeRecoveryInstances per 200 servers that were launched since the last look; one
DescribeJobLogItems per job that ended or has a failure to explain; one CreateTags per wave and
place in which servers came up.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from breakwater.recovery.engine.instance_tags import instance_tags
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.recovery_service import RecoveryService
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import SeenInstance, SeenJob
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.settle import (
    age_overdue,
    close_jobs,
    logs_wanted,
    settle_instances,
    settle_job,
    settle_log,
    to_confirm,
)
from breakwater.recovery.engine.status import JobStatus, ServerStatus
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable

Answer = TypeVar("Answer")
Otherwise = TypeVar("Otherwise")
_NO_JOBS: Mapping[str, SeenJob] = {}
_PLACES_AT_ONCE = 8


class Observer:
    """Asks the recovery service. What it does not answer is told, and asked again next time."""

    def __init__(self, service: RecoveryService) -> None:
        self._service = service

    def observe(self, state: RunState, now: datetime) -> None:
        """Bring the state up to what DRS and EC2 say."""
        silent: list[str] = []
        age_overdue(state)
        self._jobs(state, now, silent)
        self._instances(state, now, silent)
        self._logs(state, now, silent)
        self._tags(state, silent)
        close_jobs(state)
        state.put(replace(state.run, attention=tuple(dict.fromkeys(silent))))

    def _jobs(self, state: RunState, now: datetime, silent: list[str]) -> None:
        places: dict[Target, list[JobRun]] = {}
        for job in state.jobs.values():
            if job.status is JobStatus.OPEN:
                places.setdefault(job.target, []).append(job)

        def ask(target: Target) -> Mapping[str, SeenJob]:
            ids = [job.job_id for job in places[target] if job.job_id]
            return self._service.jobs(target, ids)

        for target, found in _of_each(places, ask, _NO_JOBS, silent).items():
            for job in places[target]:
                told = found.get(job.job_id or "")
                if told is not None:
                    settle_job(state, state.jobs[job.item_key], told, now)

    def _instances(self, state: RunState, now: datetime, silent: list[str]) -> None:
        places: dict[Target, list[ServerRun]] = {}
        for server in to_confirm(state):
            places.setdefault(server.target, []).append(server)

        def ask(target: Target) -> list[SeenInstance]:
            return self._service.instances_of(target, [one.server_id for one in places[target]])

        for target, found in _of_each(places, ask, None, silent).items():
            if found is None:
                continue
            ours = _of_their_jobs(places[target], found)
            stopped = [one.server_id for one in ours.values() if one.state == "STOPPED"]
            meant = self._meant_to_stop(target, stopped, silent)
            unknown = set(stopped) - meant.keys()
            judged = [one for one in places[target] if one.server_id not in unknown]
            settle_instances(state, judged, ours, meant, now)

    def _meant_to_stop(
        self, target: Target, server_ids: Collection[str], silent: list[str]
    ) -> dict[str, bool]:
        """What is not answered is left out: a server is not judged by an answer that was lost."""
        answers: dict[str, bool] = {}
        for one in server_ids:
            told = _asked(partial(self._service.stays_stopped, target, one), None, silent)
            if told is not None:
                answers[one] = told
        return answers

    def _logs(self, state: RunState, now: datetime, silent: list[str]) -> None:
        for job in logs_wanted(state):
            ask = partial(self._service.log, job.target, str(job.job_id))
            log = _asked(ask, None, silent)
            if log is not None:
                settle_log(state, job, log, now)

    def _tags(self, state: RunState, silent: list[str]) -> None:
        """Of every instance it can be told in EC2 which run, plan and wave it belongs to."""
        together: dict[tuple[int, Target], list[ServerRun]] = {}
        untagged: set[int] = set()
        for server in state.servers.values():
            up = server.status is ServerStatus.LAUNCHED and server.recovery_instance_id
            if up and not server.tagged and not server.taken_over:
                together.setdefault((server.wave_index, server.target), []).append(server)
        for (index, target), servers in together.items():
            ids = [str(one.recovery_instance_id) for one in servers]
            tags = instance_tags(state.run, state.waves[index])
            before = len(silent)
            _asked(partial(self._service.tag, target, ids, tags), None, silent)
            if len(silent) == before:
                state.put(*(replace(one, tagged=True) for one in servers))
            else:
                untagged.add(index)
        for wave in list(state.waves.values()):
            if wave.untagged is not (wave.index in untagged):
                state.put(replace(wave, untagged=wave.index in untagged))


def _of_their_jobs(servers: list[ServerRun], found: list[SeenInstance]) -> dict[str, SeenInstance]:
    """Server id → the instance of its present job, not one of an earlier drill."""
    jobs = {one.server_id: one.job_id for one in servers}
    return {
        one.server_id: one
        for one in found
        if one.server_id in jobs and one.job_id in (jobs[one.server_id], None)
    }


def _of_each(
    places: Collection[Target],
    ask: Callable[[Target], Answer],
    otherwise: Otherwise,
    silent: list[str],
) -> dict[Target, Answer | Otherwise]:
    """Every place's answer, asked at the same time."""
    targets = sorted(places)
    if len(targets) <= 1:
        return {one: _asked(partial(ask, one), otherwise, silent) for one in targets}
    with ThreadPoolExecutor(max_workers=min(len(targets), _PLACES_AT_ONCE)) as pool:
        answers = pool.map(lambda one: _asked(partial(ask, one), otherwise, silent), targets)
        return dict(zip(targets, answers, strict=True))


def _asked(
    question: Callable[[], Answer], otherwise: Otherwise, silent: list[str]
) -> Answer | Otherwise:
    try:
        return question()
    except Unreachable as unanswered:
        silent.append(unanswered.reason)
        return otherwise
