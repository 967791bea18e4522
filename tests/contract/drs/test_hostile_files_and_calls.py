"""Hostile files and calls: each is told with its place, and none wears out what it did not meet."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from breakwater_local.drs.files.script import read_script
from breakwater_local.drs.files.servers import names, read_servers
from breakwater_local.problem import Problem
from tests.contract.drs.conftest import Serve


@pytest.mark.parametrize(
    "duration", ["-600.0", "-.inf", ".inf", ".nan", "-5m", "99999999d", "1e400"]
)
def test_a_duration_that_no_time_has_is_refused(tmp_path: Path, duration: str) -> None:
    script = tmp_path / "faults.yaml"
    script.write_text(
        f"faults: [{{fault: slow-phase, server: db-01, phase: LAUNCH, takes: {duration}}}]",
        encoding="utf-8",
    )
    with pytest.raises(Problem, match="takes"):
        read_script(script, names(read_servers()))


@pytest.mark.parametrize(
    "text",
    [
        "faults: &a [*a]",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "seed: !!int abc",
        "seed: 2020-13-45",
        "faults: " + "[" * 3000 + "]" * 3000,
    ],
)
def test_a_file_that_yaml_cannot_read_is_a_sentence(tmp_path: Path, text: str) -> None:
    script = tmp_path / "faults.yaml"
    script.write_text(text, encoding="utf-8")
    with pytest.raises(Problem):
        read_script(script, ())


def test_half_a_character_in_a_tag_poisons_nothing(serve: Serve) -> None:
    client = serve().client()
    server = client.describe_source_servers()["items"][0]
    client.tag_resource(resourceArn=server["arn"], tags={"odd": "\ud800"})
    assert len(client.describe_source_servers()["items"]) > 0


def test_a_fault_that_another_forestalled_is_not_used_up(serve: Serve) -> None:
    """Two faults wait for the same call: the second strikes the second time."""
    served = serve(
        "faults:\n"
        "  - {fault: throttled, call: StartRecovery, times: 1}\n"
        "  - {fault: conflict, call: StartRecovery, times: 1}\n"
    )
    client = served.client()
    server = client.describe_source_servers()["items"][0]["sourceServerID"]
    codes = []
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            client.start_recovery(sourceServers=[{"sourceServerID": server}], isDrill=True)
        codes.append(refused.value.response["Error"]["Code"])
    assert codes == ["ThrottlingException", "ConflictException"]
    job = client.start_recovery(sourceServers=[{"sourceServerID": server}], isDrill=True)["job"]
    assert job["status"] == "PENDING"
