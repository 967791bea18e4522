"""What AWS refuses though the embedded AWS accepts it: names, tags, sizes. Over every template."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infrastructure.synthesized import Synthesized

TAG = re.compile(r"[\w\s.:/=+\-@]*", re.UNICODE)
IAM_DESCRIPTION = re.compile(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*")
RETENTION_DAYS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653}


def tags_of(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    tags = properties.get("Tags", [])
    if isinstance(tags, dict):
        yield from tags.items()
    else:
        yield from ((tag["Key"], tag["Value"]) for tag in tags)


def test_tags_are_of_characters_that_aws_takes(each: Synthesized) -> None:
    for resource in each.resources():
        tags = list(tags_of(resource.properties))
        assert len(tags) <= 50, resource.logical_id
        for key, value in tags:
            assert TAG.fullmatch(key), (resource.logical_id, key)
            assert 1 <= len(key) <= 128, (resource.logical_id, key)
            assert not key.lower().startswith("aws:"), (resource.logical_id, key)
            assert TAG.fullmatch(value), (resource.logical_id, value)
            assert len(value) <= 256, (resource.logical_id, value)


def test_a_template_is_within_what_cloudformation_takes(each: Synthesized) -> None:
    for part, template in each.stacks.items():
        assert len(json.dumps(template)) < 1_000_000, part
        assert len(template["Resources"]) <= 500, part
        assert len(template.get("Outputs", {})) <= 200, part
        assert len(template.get("Parameters", {})) <= 200, part
        assert len(template["Description"].encode()) <= 1024, part


def test_a_table_is_within_what_dynamodb_takes(each: Synthesized) -> None:
    for table in each.resources("AWS::DynamoDB::Table"):
        indexes = table.properties.get("GlobalSecondaryIndexes", [])
        assert len(indexes) <= 20, table.logical_id
        used = {
            key["AttributeName"]
            for schema in [table.properties, *indexes]
            for key in schema["KeySchema"]
        }
        defined = {a["AttributeName"] for a in table.properties["AttributeDefinitions"]}
        assert used == defined, table.logical_id  # AWS refuses one that no key uses


def test_a_function_is_within_what_lambda_takes(each: Synthesized) -> None:
    for function in each.resources("AWS::Lambda::Function"):
        variables = function.properties["Environment"]["Variables"]
        assert len(json.dumps(variables)) < 4096, function.logical_id
        assert len(function.properties["Description"]) <= 256, function.logical_id
        assert 1 <= function.properties["Timeout"] <= 900, function.logical_id
        assert 128 <= function.properties["MemorySize"] <= 10240, function.logical_id
        for name in variables:
            assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", name), (function.logical_id, name)
            reserved = {"AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_ACCESS_KEY_ID"}
            assert name not in reserved, (function.logical_id, name)


def test_the_name_in_the_user_agent_is_one_that_the_sdk_sends(each: Synthesized) -> None:
    for function in each.resources("AWS::Lambda::Function"):
        name = function.properties["Environment"]["Variables"]["AWS_SDK_UA_APP_ID"]
        assert re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,50}", name), function.logical_id


def test_roles_and_policies_are_within_what_iam_takes(each: Synthesized) -> None:
    for role in each.resources("AWS::IAM::Role"):
        description = role.properties.get("Description", "")
        assert IAM_DESCRIPTION.fullmatch(description), role.logical_id
        assert len(description) <= 1000, role.logical_id
    for policy in each.resources("AWS::IAM::Policy"):
        document = json.dumps(policy.properties["PolicyDocument"])
        assert len(document) <= 10_240, policy.logical_id


def test_logs_are_kept_for_a_time_that_cloudwatch_knows(each: Synthesized) -> None:
    for group in each.resources("AWS::Logs::LogGroup"):
        assert group.properties["RetentionInDays"] in RETENTION_DAYS, group.logical_id


def test_an_alarm_reads_like_a_sentence_that_cloudwatch_takes(each: Synthesized) -> None:
    for alarm in each.resources("AWS::CloudWatch::Alarm"):
        assert len(alarm.properties["AlarmDescription"]) <= 1024, alarm.logical_id
        assert alarm.properties["EvaluationPeriods"] >= 1, alarm.logical_id


def test_a_topic_has_a_name_to_show_that_sns_takes(each: Synthesized) -> None:
    for topic in each.resources("AWS::SNS::Topic"):
        assert len(topic.properties["DisplayName"]) <= 100, topic.logical_id


@pytest.mark.parametrize("bad", ["a,b", "50% off", "naïve|no", "x" * 257])
def test_a_tag_that_aws_refuses_is_noticed(bad: str) -> None:
    assert not (TAG.fullmatch(bad) and len(bad) <= 256)
