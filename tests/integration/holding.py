"""States at which executions wait until a test lets them go on: no machine is too slow for it."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from breakwater_local.emulator import REGION, Emulator
from tests.integration.waiting import PATIENCE, until


@dataclass
class Hold:
    """An activity of Step Functions; whoever lets an execution go is its worker."""

    aws: Emulator
    activity: str
    _tokens: dict[str, str] = field(default_factory=dict)
    """Execution → its token."""

    @classmethod
    def made(cls, aws: Emulator) -> "Hold":
        name = f"hold-{uuid.uuid4().hex[:8]}"
        made = aws.client("stepfunctions").create_activity(name=name)
        return cls(aws, str(made["activityArn"]))

    def state(self, **more: Any) -> dict[str, Any]:
        """A state that waits for `let_go`, and changes nothing of what is passed on."""
        told = {"execution.$": "$$.Execution.Id"}
        return {
            "Type": "Task",
            "Resource": self.activity,
            "Parameters": told,
            "ResultPath": None,
            **more,
        }

    def let_go(self, execution: str) -> None:
        """Once it has come to the state."""
        # It is answered within a minute; who asked twice would lose what the first answer holds.
        states = boto3.client(
            "stepfunctions",
            endpoint_url=self.aws.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(read_timeout=PATIENCE, retries={"total_max_attempts": 1}),
        )

        def has_come() -> bool:
            if execution not in self._tokens:
                task = states.get_activity_task(activityArn=self.activity)
                if task.get("taskToken"):
                    self._tokens[json.loads(task["input"])["execution"]] = task["taskToken"]
            return execution in self._tokens

        until(has_come)
        states.send_task_success(taskToken=self._tokens.pop(execution), output="{}")

    def end(self) -> None:
        self.aws.client("stepfunctions").delete_activity(activityArn=self.activity)
