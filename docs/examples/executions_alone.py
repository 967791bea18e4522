"""The execution index alone, in a stack of your own: two lines, and a grant.

pip install breakwater_constructs-0.1.0-py3-none-any.whl
cdk deploy --app "python3 executions_alone.py"
python -m breakwater.index query --stack orders --since 24h      # in a checkout
"""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from breakwater_constructs.execution_index import ExecutionIndex


class Orders(cdk.Stack):
    """Your stack. The state machines that the index watches need not be in it."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        index = ExecutionIndex(self, "Executions")
        report = lambda_.Function(
            self,
            "Report",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            environment=index.environment,
        )
        index.grant_query(report)


app = cdk.App()
Orders(app, "orders")
app.synth()
