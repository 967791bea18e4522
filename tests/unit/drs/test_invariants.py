"""Whatever valid calls come in whatever order, some things hold; invalid calls change nothing."""

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from breakwater_local.drs.files.script import Quotas, Script
from breakwater_local.drs.files.servers import ServersFile, read_servers
from tests.examples import examples
from tests.simulated import Simulated

pytestmark = pytest.mark.thorough

UNKNOWN = "s-00000000000000000"
STATUS_ORDER = ["PENDING", "STARTED", "COMPLETED"]
QUOTAS = Quotas(servers_per_job=3, jobs=2, servers_in_jobs=4)
FAULTS = [
    {"fault": "launch-fails", "server": "db-02", "times": 2},
    {"fault": "left-unfinished", "server": "app-a-02", "skip": 1},
    {"fault": "terminated-during-job", "server": "app-a-03"},
    {"fault": "server-skipped", "server": "db-01", "skip": 2},
]


STAGING = "444455556666"
_STAGED = {"account": STAGING, "region": "eu-west-1", "servers": [{"name": "x-1"}, {"name": "x-2"}]}
SERVERS = ServersFile.model_validate(
    {"worlds": [*(world.model_dump(by_alias=True) for world in read_servers().worlds), _STAGED]}
)


class AnySequenceOfCalls(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        script = Script.model_validate({"quotas": QUOTAS, "faults": FAULTS})
        self.simulated = Simulated(script, SERVERS)
        self.server_ids = sorted(self.simulated.servers().values())
        self.extended: list[str] = []
        self.job_ids: list[str] = []
        self.seen_status: dict[str, str] = {}
        self.seen_log: dict[str, list[Any]] = {}

    @rule(seconds=st.integers(1, 1200))
    def time_passes(self, seconds: int) -> None:
        self.simulated.passes(seconds)

    @rule(data=st.data(), drill=st.booleans())
    def recover(self, data: st.DataObject, *, drill: bool) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.server_ids), min_size=1, unique=True))
        wanted = [{"sourceServerID": server_id} for server_id in chosen]
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

    @rule(data=st.data())
    def launch_at_the_origin(self, data: st.DataObject) -> None:
        known = [i["recoveryInstanceID"] for i in self._instances()]
        if known:
            chosen = data.draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
            status, body = self.simulated.ask("StartFailbackLaunch", recoveryInstanceIDs=chosen)
            if status == 200:
                self.job_ids.append(body["job"]["jobID"])
            else:
                assert status in (402, 409)

    @precondition(lambda self: self._reversible())
    @rule()
    def go_all_the_way_back(self) -> None:
        """What chance alone would hardly ever put together."""
        instance = self._reversible()[0]
        answer = self.simulated.ask("ReverseReplication", recoveryInstanceID=instance)
        if answer[0] == 200:
            self.simulated.passes(3600)
            status, body = self.simulated.ask("StartFailbackLaunch", recoveryInstanceIDs=[instance])
            assert status in (200, 402, 409)
            if status == 200:
                self.job_ids.append(body["job"]["jobID"])

    @rule(data=st.data(), key=st.sampled_from(["a", "b", "Name"]), value=st.text(max_size=20))
    def tag_and_untag(self, data: st.DataObject, key: str, value: str) -> None:
        resource = {"resourceArn": data.draw(st.sampled_from(self._arns()))}
        before = self.simulated.done("ListTagsForResource", **resource)["tags"]
        self.simulated.done("TagResource", tags={key: value}, **resource)
        tagged = self.simulated.done("ListTagsForResource", **resource)["tags"]
        assert tagged == {**before, key: value}
        if key != "Name":
            self.simulated.done("UntagResource", tagKeys=[key, "not there"], **resource)
            left = self.simulated.done("ListTagsForResource", **resource)["tags"]
            assert left == {name: tag for name, tag in before.items() if name != key}

    @rule(
        data=st.data(),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "launchDisposition": st.sampled_from(["STARTED", "STOPPED"]),
                "recoveryMode": st.sampled_from(["OPTIMAL", "FAST"]),
                "copyTags": st.booleans(),
                "licensing": st.sampled_from([{}, {"osByol": True}, {"osByol": False}]),
                "name": st.text(max_size=128),
            },
        ),
    )
    def configure_launches(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        server = {"sourceServerID": data.draw(st.sampled_from(self.server_ids))}
        before = self.simulated.done("GetLaunchConfiguration", **server)
        answer = self.simulated.done("UpdateLaunchConfiguration", **server, **changes)
        licensing = {**before["licensing"], **changes.get("licensing", {})}
        assert answer == {**before, **changes, "licensing": licensing}
        assert self.simulated.done("GetLaunchConfiguration", **server) == answer

    @rule(data=st.data())
    def extend_a_server_of_the_staging_account(self, data: st.DataObject) -> None:
        answer = self.simulated.done("ListExtensibleSourceServers", stagingAccountID=STAGING)
        arns = [item["arn"] for item in answer["items"]]
        assert not set(arns) & set(self.extended)
        if arns or self.extended:
            arn = data.draw(st.sampled_from([*arns, *self.extended]))
            status, body = self.simulated.ask("CreateExtendedSourceServer", sourceServerArn=arn)
            assert (status == 201) == (arn not in self.extended), body
            if status == 201:
                self.extended.append(arn)
                self.server_ids.append(body["sourceServer"]["sourceServerID"])

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

    @invariant()
    def every_source_server_is_there_once(self) -> None:
        items = self.simulated.done("DescribeSourceServers")["items"]
        assert sorted(item["sourceServerID"] for item in items) == sorted(self.server_ids)

    @invariant()
    def failbacks_are_announced_in_an_order_that_can_be(self) -> None:
        states: dict[str, list[str]] = {}
        for event in self.simulated.simulation.published_events():
            if event["detail-type"] == "DRS Recovery Instance Failback State Change":
                states.setdefault(event["resources"][0], []).append(event["detail"]["state"])
        for told in states.values():
            assert told[0] == "FAILBACK_IN_PROGRESS"
            assert "FAILBACK_COMPLETED FAILBACK_COMPLETED" not in " ".join(told)

    def _reversible(self) -> list[str]:
        return [
            one["recoveryInstanceID"]
            for one in self._instances()
            if one["originEnvironment"] == "AWS" and one["ec2InstanceState"] == "RUNNING"
        ]

    def _arns(self) -> list[str]:
        items = self.simulated.done("DescribeSourceServers")["items"] + self._instances()
        return [item["arn"] for item in items] + [job["arn"] for job in self._jobs()]

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
    max_examples=examples(40),
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # explaining takes minutes
)
TestAnySequenceOfCalls = AnySequenceOfCalls.TestCase
