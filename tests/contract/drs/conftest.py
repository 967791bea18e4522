"""A simulator on a free port in this process, its clock in the test's hands, and boto3 clients."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.server import Server
from tests.simulated import ACCOUNT, REGION, Simulated, scripted

if TYPE_CHECKING:
    from types_boto3_drs import DrsClient


class Served(Simulated):
    """A simulation behind a real HTTP server."""

    endpoint: str

    def client(
        self,
        region: str = REGION,
        access_key: str = ACCOUNT,
        *,
        attempts: int = 1,
        application: str | None = None,
    ) -> "DrsClient":
        """A real client of DRS, which believes to talk to AWS."""
        settings: Any = {
            "retries": {"total_max_attempts": attempts},
            "read_timeout": 5,
            "user_agent_appid": application,
        }
        return boto3.client(
            "drs",
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key="secret",
            config=Config(**settings),
        )


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts simulators: `serve("faults: [...]")`."""
    with ExitStack() as stack:

        def start(script: str = "", servers: ServersFile | None = None) -> Served:
            served = Served(scripted(tmp_path, script, servers), servers)
            server = stack.enter_context(Server(served.simulation, served.service, ticking=False))
            served.endpoint = server.endpoint
            return served

        yield start
