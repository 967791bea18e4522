"""The deployed index, with IAM enforced: what happens to executions is found in it."""

import gzip
import json
from datetime import datetime
from typing import Any

from breakwater.index.question import question
from tests.integration.deployed import decision, functions, role_arn
from tests.integration.index.conftest import Index
from tests.integration.waiting import until


class TestCapture:
    def test_three_samples_appear_as_running_and_end_right(self, index: Index) -> None:
        started = {
            sample: index.start(sample, {"order": {"id": f"A-{sample}", "total": 12.5}})
            for sample in ("success", "failure", "abort")
        }
        for sample, arn in started.items():
            row = index.row_when(arn, lambda row: True)
            assert row["agentName"] == f"{sample}-agent"
            assert row["status"] == "RUNNING"
            assert row.keys().isdisjoint({"stopDate", "durationSeconds", "expiresAt"})
        for sample in ("success", "failure"):
            index.let_end(started[sample])
        index.aws.client("stepfunctions").stop_execution(
            executionArn=started["abort"], error="Enough", cause="somebody had enough"
        )
        ends = {"success": "SUCCEEDED", "failure": "FAILED", "abort": "ABORTED"}
        for sample, status in ends.items():
            row = index.row_when(started[sample], lambda row: row["status"] != "RUNNING")
            self.is_as_step_functions_says(index, row, status)
            assert row["search"] == {"order.id": f"A-{sample}", "order.total": 12.5}
        assert index.row(started["failure"])["error"] == "Boom"  # type: ignore[index]

    def is_as_step_functions_says(self, index: Index, row: dict[str, Any], status: str) -> None:
        said = index.aws.client("stepfunctions").describe_execution(
            executionArn=row["executionArn"]
        )
        assert row["status"] == said["status"] == status
        took = (said["stopDate"] - said["startDate"]).total_seconds()
        assert abs(row["durationSeconds"] - took) < 0.002
        assert abs(datetime.fromisoformat(row["startDate"]) - said["startDate"]).seconds == 0
        assert row["confirmedBy"] == "event"
        assert row["expiresAt"] > said["stopDate"].timestamp() + 89 * 86_400

    def test_a_hundred_at_once_are_all_there(self, index: Index) -> None:
        arns = {index.start("instant") for _ in range(100)}
        until(
            lambda: all(
                row and row["status"] == "SUCCEEDED" for row in (index.row(arn) for arn in arns)
            )
        )


class TestDeadLetters:
    def test_a_bad_record_ends_there_alone_with_its_reason_and_is_replayed(
        self, index: Index
    ) -> None:
        sqs, parts = index.aws.client("sqs"), index.parts
        good = index.start("instant")
        sqs.send_message(QueueUrl=parts.queue, MessageBody='{"detail-type": "Nonsense"}')
        index.row_when(good, lambda row: row["status"] == "SUCCEEDED")
        shown = until(lambda: self.looked(index))
        assert shown["reason"].startswith("Malformed: This is no 'Step Functions Execution Status")
        assert json.loads(shown["body"]) == {"detail-type": "Nonsense"}
        assert "1 records could not be indexed" in index.command("health", status=1)
        assert "1 were sent back" in index.command("replay")
        again = until(lambda: self.looked(index))  # as bad as before: it is back
        assert again["laidAsideAt"] > shown["laidAsideAt"]
        sqs.purge_queue(QueueUrl=parts.dead_letters)

    def looked(self, index: Index) -> Any:
        said = index.command("replay", "--look", "--json")
        return json.loads(said.splitlines()[0]) if said else None

    def test_what_kills_the_function_again_and_again_ends_there_too(self, index: Index) -> None:
        """The queue itself sees to it: the template says after how many times."""
        policy = index.aws.client("sqs").get_queue_attributes(
            QueueUrl=index.parts.queue, AttributeNames=["RedrivePolicy"]
        )["Attributes"]["RedrivePolicy"]
        assert int(json.loads(policy)["maxReceiveCount"]) == 6


class TestTruth:
    def test_what_events_missed_the_sweep_finds_in_both_directions(self, index: Index) -> None:
        open_row = index.start("success")
        index.row_when(open_row, lambda row: row["status"] == "RUNNING")
        with index.deaf():
            unseen = index.start("instant")
            index.ended(unseen)
            index.let_end(open_row)
            assert index.row(unseen) is None
            said = json.loads(index.command("sweep", "--thorough", "--json"))
        assert {unseen, open_row} <= set(said["repairs"])
        for arn in (unseen, open_row):
            row = index.row(arn)
            assert row
            assert (row["status"], row["confirmedBy"]) == ("SUCCEEDED", "describe")

    def test_the_health_record_tells_of_it(self, index: Index) -> None:
        index.command("sweep")
        said = until(  # what was captured late is behind it
            lambda: (
                told if (told := json.loads(index.command("health", "--json")))["well"] else None
            )
        )
        assert said["repairs"] >= 2
        assert said["lastSweepComplete"]
        assert said.keys() >= {"lagSeconds", "lastSweepAt", "deadLetters"}

    def test_a_backfill_of_200_is_interrupted_and_resumed(self, index: Index) -> None:
        with index.deaf():
            past = {index.start("instant", {"order": {"id": "past"}}) for _ in range(200)}
            states = index.aws.client("stepfunctions")
            machine = index.machines["instant"]
            until(
                lambda: (
                    not states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")[
                        "executions"
                    ]
                )
            )
            assert not any(index.row(arn) for arn in list(past)[:5])
            request = {"stateMachineArn": machine, "pageSize": 20, "seconds": 1}
            first = index.call(index.parts.backfill, request)
            assert not first["done"]
            assert first["stoppedBy"] == "the end of its time"
            last = json.loads(
                index.command("backfill", "--state-machine", machine, "--json").splitlines()[-1]
            )
            assert last["done"]
            assert last["resumed"]
            assert last["written"] == 200
        rows = [index.row(arn) for arn in past]
        assert all(row and row["status"] == "SUCCEEDED" for row in rows)


class TestQuery:
    def test_by_order_number(self, index: Index) -> None:
        arn = index.start("instant", {"order": {"id": "find-me", "total": 7}})
        index.row_when(arn, lambda row: row["status"] == "SUCCEEDED")
        [found] = index.pager.page(question(search={"order.id": "find-me"})).items
        assert found["executionArn"] == arn
        said = index.command("query", "--search", "order.id=find-me", "--since", "1h")
        assert "SUCCEEDED" in said
        assert "instant-agent" in said

    def test_failures_of_an_agent_since_yesterday(self, index: Index) -> None:
        said = index.command(
            "query", "--agent", "failure-agent", "--status", "FAILED", "--since", "24h", "--json"
        )
        items = json.loads(said)["items"]
        assert items
        assert {item["error"] for item in items} == {"Boom"}

    def test_bad_words_are_explained(self, index: Index) -> None:
        assert "status is 'BAD'; give one of" in index.command("query", "--status", "BAD", status=2)
        assert "since is 'soon'" in index.command("query", "--since", "soon", status=2)
        assert "The cursor is none" in index.command("query", "--cursor", "x", status=2)

    def test_export_by_day(self, index: Index) -> None:
        s3 = index.aws.client("s3")
        s3.create_bucket(
            Bucket="analytics", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        index.command("export", "--bucket", "analytics", "--since", "1d")
        [*objects] = s3.list_objects_v2(Bucket="analytics")["Contents"]
        rows = []
        for entry in objects:
            body = s3.get_object(Bucket="analytics", Key=entry["Key"])["Body"].read()
            day = entry["Key"].split("day=")[1][:10]
            lines = [json.loads(line) for line in gzip.decompress(body).splitlines()]
            assert {row["startDate"][:10] for row in lines} == {day}
            rows += lines
        assert len(rows) == len({row["executionArn"] for row in rows}) > 100


class TestPermissions:
    def test_a_function_may_do_what_it_does_and_not_more(self, index: Index) -> None:
        parts, aws = index.parts, index.aws
        capture, sweep, backfill = (role_arn(aws, name) for name in self.functions(index))
        table = f"arn:aws:dynamodb:eu-west-1:111122223333:table/{parts.table}"
        for role in (capture, sweep, backfill):
            assert decision(aws, role, "dynamodb:UpdateItem", table) == "allowed"
            for action in ("dynamodb:Scan", "dynamodb:DeleteItem", "dynamodb:DeleteTable"):
                assert decision(aws, role, action, table) == "implicitDeny"
        assert (
            decision(aws, capture, "dynamodb:Query", f"{table}/index/OpenIndex") == "implicitDeny"
        )
        assert decision(aws, sweep, "dynamodb:Query", f"{table}/index/OpenIndex") == "allowed"

    def functions(self, index: Index) -> list[str]:
        capture = next(
            function["FunctionName"]
            for function in functions(index.aws)
            if "IndexCapture" in function["FunctionName"]
        )
        return [capture, index.parts.sweep, index.parts.backfill]
