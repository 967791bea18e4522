"""Whatever valid calls come in whatever order, some things hold; invalid calls change nothing."""

from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from breakwater_local.drs.files.script import Quotas, Script
from tests.simulated import Simulated

UNKNOWN = "s-00000000000000000"
STATUS_ORDER = ["PENDING", "STARTED", "COMPLETED"]
QUOTAS = Quotas(servers_per_job=3, jobs=2, servers_in_jobs=4)
FAULTS = [
    {"fault": "launch-fails", "server": "db-02", "times": 2},
    {"fault": "left-unfinished", "server": "app-a-02", "skip": 1},
    {"fault": "terminated-during-job", "server": "app-a-03"},
    {"fault": "server-skipped", "server": "db-01", "skip": 2},
]


class AnySequenceOfCalls(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.simulated = Simulated(Script.model_validate({"quotas": QUOTAS, "faults": FAULTS}))
        self.names = sorted(self.simulated.servers())
        self.job_ids: list[str] = []
        self.seen_status: dict[str, str] = {}
        self.seen_log: dict[str, list[Any]] = {}

    @rule(seconds=st.integers(1, 1200))
    def time_passes(self, seconds: int) -> None:
        self.simulated.passes(seconds)

    @rule(data=st.data(), drill=st.booleans())
    def recover(self, data: st.DataObject, *, drill: bool) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.names), min_size=1, unique=True))
        known = self.simulated.servers()
        wanted = [{"sourceServerID": known[name]} for name in chosen]
        busy = self._busy()
        status, body = self.simulated.ask("StartRecovery", sourceServers=wanted, isDrill=drill)
        if status == 202:
            assert not busy & {one["sourceServerID"] for one in wanted}
            self.job_ids.append(body["job"]["jobID"])
        else:
            assert status in (402, 409)

    @rule(data=st.data())
    def terminate(self, data: st.DataObject) -> None:
        known = [i["recoveryInstanceID"] for i in self._instances()]
        if known:
            chosen = data.draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
            status, body = self.simulated.ask(
                "TerminateRecoveryInstances", recoveryInstanceIDs=chosen
            )
            if status == 200:
                self.job_ids.append(body["job"]["jobID"])
            else:
                assert status in (402, 409)

    @rule(data=st.data())
    def go_the_way_back(self, data: st.DataObject) -> None:
        known = [i["recoveryInstanceID"] for i in self._instances()]
        if known:
            name = data.draw(
                st.sampled_from(
                    [
                        "ReverseReplication",
                        "StopFailback",
                        "DisconnectRecoveryInstance",
                        "DeleteRecoveryInstance",
                    ]
                )
            )
            one = data.draw(st.sampled_from(known))
            status, _ = self.simulated.ask(name, recoveryInstanceID=one)
            assert status in (200, 400, 409)

    @rule(
        call=st.sampled_from(
            [
                ("StartRecovery", {"sourceServers": []}),
                ("StartRecovery", {"sourceServers": [{"sourceServerID": UNKNOWN}]}),
                ("StartRecovery", {"sourceServers": [{"sourceServerID": UNKNOWN}] * 2}),
                ("TerminateRecoveryInstances", {"recoveryInstanceIDs": ["i-00000000"]}),
                ("UpdateLaunchConfiguration", {"sourceServerID": UNKNOWN, "name": "x"}),
                ("DescribeJobs", {"nextToken": "nonsense"}),
                ("StopFailback", {"recoveryInstanceID": "i-00000000"}),
                ("TagResource", {"resourceArn": "arn:aws:drs:eu-west-1:1:job/x", "tags": {}}),
            ]
        )
    )
    def an_invalid_call_changes_nothing(self, call: tuple[str, dict[str, Any]]) -> None:
        before = self._everything()
        status, body = self.simulated.ask(call[0], **call[1])
        assert 400 <= status < 500
        assert body["message"]
        assert self._everything() == before

    @invariant()
    def a_server_is_in_at_most_one_job(self) -> None:
        open_jobs = [job for job in self._jobs() if job["status"] != "COMPLETED"]
        busy = [s["sourceServerID"] for job in open_jobs for s in job["participatingServers"]]
        assert len(busy) == len(set(busy))
        assert len(open_jobs) <= QUOTAS.jobs
        assert len(busy) <= QUOTAS.servers_in_jobs

    @invariant()
    def ids_are_unique_and_jobs_are_those_that_were_started(self) -> None:
        jobs = [job["jobID"] for job in self._jobs()]
        assert jobs == self.job_ids[::-1]
        instances = [one["recoveryInstanceID"] for one in self._instances()]
        assert len(jobs) == len(set(jobs))
        assert len(instances) == len(set(instances))

    @invariant()
    def nothing_travels_in_time(self) -> None:
        now = self.simulated.simulation.clock.moment(self.simulated.seconds)
        for job in self._jobs():
            assert job["creationDateTime"] <= job.get("endDateTime", now) <= now
            before = self.seen_status.get(job["jobID"], "PENDING")
            assert STATUS_ORDER.index(before) <= STATUS_ORDER.index(job["status"])
            self.seen_status[job["jobID"]] = job["status"]

    @precondition(lambda self: self.job_ids)
    @invariant()
    def logs_are_in_order_and_only_grow(self) -> None:
        for job_id in self.job_ids[-2:]:
            log = self.simulated.log(job_id)
            moments = [item["logDateTime"] for item in log]
            assert moments == sorted(moments)
            before = self.seen_log.get(job_id, [])
            assert log[: len(before)] == before
            self.seen_log[job_id] = log

    @invariant()
    def a_server_has_at_most_one_recovery_instance(self) -> None:
        servers = [one["sourceServerID"] for one in self._instances()]
        assert len(servers) == len(set(servers))

    def _jobs(self) -> list[dict[str, Any]]:
        return list(self.simulated.done("DescribeJobs")["items"])

    def _instances(self) -> list[dict[str, Any]]:
        return list(self.simulated.done("DescribeRecoveryInstances")["items"])

    def _busy(self) -> set[str]:
        open_jobs = [job for job in self._jobs() if job["status"] != "COMPLETED"]
        return {s["sourceServerID"] for job in open_jobs for s in job["participatingServers"]}

    def _everything(self) -> list[Any]:
        return [
            self._jobs(),
            self._instances(),
            self.simulated.done("DescribeSourceServers"),
            [self.simulated.log(job_id) for job_id in self.job_ids],
            self.simulated.simulation.health()["faults"],
            len(self.simulated.simulation.realm.outbox),
        ]


AnySequenceOfCalls.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # explaining takes minutes
)
TestAnySequenceOfCalls = AnySequenceOfCalls.TestCase
