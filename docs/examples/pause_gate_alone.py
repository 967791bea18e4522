"""A state machine with a gate, in a stack of your own: people can hold its executions.

pip install breakwater_constructs-0.1.0-py3-none-any.whl
cdk deploy --app "python3 pause_gate_alone.py"
"""

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn

from breakwater import contract
from breakwater_constructs.pause_gate import PauseGate


class Orders(cdk.Stack):
    """Your stack."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        gate = PauseGate(self, "Gate", timeout=cdk.Duration.hours(8))
        charge, ship = sfn.Pass(self, "Charge"), sfn.Pass(self, "Ship")
        machine = sfn.StateMachine(
            self,
            "Machine",
            definition_body=sfn.DefinitionBody.from_chainable(
                charge.next(gate.state("BeforeShipping")).next(ship)
            ),
        )
        gate.guard(machine)
        # Its owner lets Breakwater act on it.
        cdk.Tags.of(machine).add(contract.ACTIONS_TAG, contract.ACTIONS_ALLOWED)


app = cdk.App()
Orders(app, "orders")
app.synth()
