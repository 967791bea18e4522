"""What an environment synthesizes to, and how tests look at it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """One resource of one stack."""

    stack: str
    logical_id: str
    definition: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        properties: dict[str, Any] = self.definition.get("Properties", {})
        return properties


@dataclass(frozen=True)
class Synthesized:
    """The templates of one environment, by part: data, index, recovery, api."""

    directory: Path
    stacks: dict[str, Template]

    def resources(self, kind: str | None = None) -> Iterator[Resource]:
        for stack, template in self.stacks.items():
            for logical_id, definition in template["Resources"].items():
                if kind in (None, definition["Type"]):
                    yield Resource(stack, logical_id, definition)

    def statements(self) -> Iterator[tuple[Resource, dict[str, Any]]]:
        """Every statement of every identity policy, with the resource that carries it."""
        for resource in self.resources():
            if not resource.definition["Type"].startswith("AWS::IAM::"):
                continue
            documents = [resource.properties.get("PolicyDocument")]
            documents += [p["PolicyDocument"] for p in resource.properties.get("Policies", [])]
            for document in filter(None, documents):
                for statement in document["Statement"]:
                    yield resource, statement


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def without_asset_hashes(template: Template) -> Template:
    """Code changes with every commit; what is compared here is infrastructure."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<asset>", json.dumps(template))
    result: Template = json.loads(text)
    return result


def state_machine(environment: Synthesized, account: str = "111122223333") -> dict[str, Any]:
    """The recovery state machine's definition, whole, as AWS gets it.

    A function is named after its handler, `arn:aws:lambda:eu-west-1:<account>:function:begin`, so
    any interpreter can be told what stands behind it.
    """
    functions = {
        function.logical_id: function.properties["Handler"].split(".")[-2]
        for function in environment.resources("AWS::Lambda::Function")
    }

    def text(part: Any) -> str:
        match part:
            case str():
                return part
            case {"Ref": "AWS::Partition"}:
                return "aws"
            case {"Fn::GetAtt": [str(function), "Arn"]}:
                return f"arn:aws:lambda:eu-west-1:{account}:function:{functions[function]}"
        raise ValueError(f"{part!r} in the definition: teach state_machine() what it stands for")

    [machine] = environment.resources("AWS::StepFunctions::StateMachine")
    _, parts = machine.properties["DefinitionString"]["Fn::Join"]
    definition: dict[str, Any] = json.loads("".join(text(part) for part in parts))
    return definition
