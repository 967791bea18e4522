"""Every stack of `prod` and `local`, whole: a reviewer sees what a change does to the templates.

`make snapshots` accepts what they are now. Fine-grained promises stand in the files beside this.
"""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from breakwater import contract
from tests.infrastructure.synthesized import Synthesized, state_machine, without_asset_hashes


@pytest.mark.parametrize("part", contract.STACKS)
@pytest.mark.parametrize("environment", ["prod", "local"])
def test_the_template_is_as_reviewed(
    environment: str,
    part: str,
    synthesized: dict[str, Synthesized],
    snapshot: SnapshotAssertion,
) -> None:
    template = without_asset_hashes(synthesized[environment].stacks[part])
    assert template == snapshot(extension_class=JSONSnapshotExtension, name=f"{environment}-{part}")


def test_an_environment_has_exactly_the_stacks_of_the_contract(each: Synthesized) -> None:
    assert sorted(each.stacks) == sorted(contract.STACKS)


def test_the_state_machine_is_as_reviewed(prod: Synthesized, snapshot: SnapshotAssertion) -> None:
    """Apart from its template, so that a reviewer reads the states and not a joined string."""
    assert state_machine(prod) == snapshot(extension_class=JSONSnapshotExtension)
