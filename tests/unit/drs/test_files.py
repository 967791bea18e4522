"""The two files: what is wrong is told all at once, each with its line and what would be right."""

from pathlib import Path

import pytest

from breakwater_local.drs.files.servers import SAMPLE, read_servers
from breakwater_local.problem import Problem
from tests.simulated import scripted, servers_file

WRONG_SCRIPT = """\
seed: lucky
quotas: {jobs: 0}
faults:
  - fault: throttld
  - fault: throttled
    call: DescribeJob
    retryAfter: 3
  - fault: launch-fails
    server: db-09
    cause: bad-luck
    from: 10 minutes
  - fault: conflict
    from: 20m
    until: 10m
  - server: db-01
  - fault: replication
    server: db-01
    server: db-02
    state: ASLEEP
  - just text
"""

WRONG_SERVERS = """\
worlds:
  - account: 111122223333
    region: Ireland
    servers:
      - name: db 01
        id: s-123
        disksGib: []
        replication: ASLEEP
        launch: {disposition: STARTED, mode: FAST}
  - account: "111122223333"
    region: eu-west-1
    servers: nothing
"""


def problems(raised: pytest.ExceptionInfo[Problem]) -> list[str]:
    return [line.strip() for line in raised.value.what.splitlines()[1:]]


def test_everything_wrong_with_a_script_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Problem) as raised:
        scripted(tmp_path, WRONG_SCRIPT)
    said = "\n".join(problems(raised))
    for expected in (
        "line 1, seed:",
        "line 2, quotas.jobs:",
        "line 4, faults[0]",
        "did you mean `throttled`?",
        "line 6, faults[1]",
        "'DescribeJob' is no simulated operation; did you mean `DescribeJobs`?",
        "line 7, faults[1]",
        "`retryAfter` is not a key here; did you mean `retryAfterSeconds`?",
        "'bad-luck' is no known cause; there are: no-capacity",
        "'10 minutes' is no duration: write it like 45s, 10m, 1h30m or 7d",
        "`until` must be later than `from`",
        "line 15, faults[4]: say which `fault` it is",
        "line 17, faults[5].server: `server` stands here twice; keep one",
        "CONTINUOUS",
        "line 20, faults[6]",
    ):
        assert expected in said, (expected, said)


def test_a_script_that_means_a_server_that_is_not_there_says_which_there_are(
    tmp_path: Path,
) -> None:
    with pytest.raises(Problem, match="no server is 'db-9'; there are: app-a-01, app-a-02"):
        scripted(tmp_path, "faults: [{fault: launch-fails, server: [web-*, db-9]}]")


def test_everything_wrong_with_a_servers_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Problem) as raised:
        servers_file(tmp_path, WRONG_SERVERS)
    said = "\n".join(problems(raised))
    for expected in (
        "line 2, worlds[0].account: 111122223333 is not right: twelve digits in quotes",
        "line 3, worlds[0].region: 'Ireland' is not right: a Region such as eu-west-1",
        "line 5, worlds[0].servers[0].name:",
        "line 6, worlds[0].servers[0].id:",
        "line 7, worlds[0].servers[0].disksGib:",
        "line 8, worlds[0].servers[0].replication:",
        "`mode` is not a key here; known are: byol, copyPrivateIp, copyTags, disposition",
        "line 12, worlds[1].servers:",
    ):
        assert expected in said, (expected, said)


HERE = 'account: "111122223333", region: eu-west-1'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("worlds: [", "is not YAML"),
        ("", "`worlds` is missing"),
        (f"worlds: [{{{HERE}, servers: [{{name: a}}, {{name: a}}]}}]", "two servers are called"),
        (f"worlds: [{{{HERE}, servers: [{{name: a, origin: aws}}]}}]", "needs its `originRegion`"),
        (f"worlds: [{{{HERE}}}, {{{HERE}}}]", "add its servers to it"),
    ],
)
def test_what_contradicts_itself_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problem) as raised:
        servers_file(tmp_path, text)
    assert said in str(raised.value)


def test_a_file_that_is_not_there_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="can't be read"):
        read_servers(tmp_path / "missing.yaml")


def test_an_empty_script_is_a_service_in_good_health(tmp_path: Path) -> None:
    assert scripted(tmp_path, "").faults == ()


def test_the_sample_is_a_shop_in_four_waves_and_two_regions() -> None:
    sample = read_servers(SAMPLE)
    waves: dict[str, int] = {}
    for world in sample.worlds:
        for server in world.servers:
            waves[server.tags["wave"]] = waves.get(server.tags["wave"], 0) + 1
    assert waves == {"database": 2, "app-a": 3, "app-b": 3, "web": 3}
    assert {world.region for world in sample.worlds} == {"eu-west-1", "eu-central-1"}
    assert {world.account for world in sample.worlds} == {"111122223333"}
    assert {server.replication for world in sample.worlds for server in world.servers} == {
        "CONTINUOUS"
    }
