"""Clients of AWS accounts that need no network: of the simulated DRS, and of an EC2 for tags."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from breakwater.recovery.target import Target
from breakwater_local.drs.errors import ConnectionLost
from breakwater_local.drs.service import HttpRequest, Service
from tests.engine_room.calls import Calls


class Accounts:
    """Clients of the simulator, and of an EC2 that takes tags."""

    def __init__(self, drs: Service, calls: Calls) -> None:
        self._drs = drs
        self._calls = calls
        self._clients: dict[Any, Any] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.forgotten = 0

    def client(self, service: str, target: Target, *, once: bool = False) -> Any:
        if service == "ec2":
            return self
        if (service, target) not in self._clients:
            self._clients[service, target] = self._made(service, target)
        return self._clients[service, target]

    def forget(self, target: Target) -> None:
        self.forgotten += 1
        self._clients.clear()

    def create_tags(self, Resources: list[str], Tags: list[dict[str, str]]) -> None:  # noqa: N803
        self._calls.called("ec2:CreateTags")
        for one in Resources:
            self.tags.setdefault(one, {}).update({tag["Key"]: tag["Value"] for tag in Tags})

    def _made(self, service: str, target: Target) -> Any:
        settings: Any = {"retries": {"total_max_attempts": 1}}
        client: Any = boto3.client(  # type: ignore[call-overload]
            service,
            region_name=target.region,
            aws_access_key_id=target.account_id,
            aws_secret_access_key="secret",
            config=Config(**settings),
        )
        client.meta.events.register_first("before-send", self._answer)
        client.meta.events.register("before-call", self._calls.before_call)
        return client

    def _answer(self, request: Any, **_: Any) -> Any:
        """What the simulator answers, without a network between."""
        if "drs" not in request.url.split("/")[2]:
            return _response(request.url, 400, {}, _Body(b'{"__type":"NoSuchResource"}'))
        path, _, query = request.url.split("/", 3)[-1].partition("?")
        headers = {name: _text(value) for name, value in request.headers.items()}
        asked = HttpRequest(
            request.method, f"/{path}", parse_qs(query), headers, _bytes(request.body)
        )
        try:
            answer = self._drs.answer(asked)
        except ConnectionLost as lost:
            raise ConnectionClosedError(endpoint_url=request.url) from lost
        return _response(request.url, answer.status, answer.headers, _Body(answer.body))


_response: Any = AWSResponse


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode()
