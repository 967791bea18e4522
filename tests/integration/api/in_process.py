"""The API's functions in this process, on the tables of the embedded AWS: asked in milliseconds.

What API Gateway does to a request is done here by the rules that it documents: enough to ask a
thousand times what a function answers. That the gateway does so is seen by all other tests.
"""

import base64
import importlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

import requests
from schemathesis import Response

from breakwater import contract
from breakwater.contract import Role
from breakwater_local.emulator import Emulator
from tests.integration.deployed import resources


class _Context:
    """What the functions use of Lambda's context."""

    aws_request_id = "in-process"
    function_name = "in-process"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@dataclass(frozen=True)
class Functions:
    """Every function of the route table, by the path below which it answers."""

    handlers: Mapping[str, Any]
    asked: Iterator[int] = field(default_factory=count)

    def send(self, request: requests.PreparedRequest) -> Response:
        """The answer, as it would come through the gateway to a commander.

        Each time another one: a caller's bucket has sixty tokens.
        """
        parts = urlsplit(str(request.url))
        path = unquote(parts.path)
        # As the gateway does: the most exact path wins.
        handler = max(
            (below.count("/"), handler)
            for below, handler in self.handlers.items()
            if re.fullmatch("/api" + re.sub(r"{\w+}", "[^/]+", below) + "(?s:/.*)?", path)
        )[1]
        answer = handler(_event(request, path, parts.query, next(self.asked)), _Context())
        return Response(
            status_code=answer["statusCode"],
            headers={name.lower(): [str(value)] for name, value in answer["headers"].items()},
            content=answer["body"].encode(),
            request=request,
            elapsed=0.0,
            verify=False,
        )


def _event(request: requests.PreparedRequest, path: str, query: str, number: int) -> dict[str, Any]:
    queries: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        queries[name] = f"{queries[name]},{value}" if name in queries else value
    body = request.body.encode() if isinstance(request.body, str) else request.body
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": queries,
        "headers": {str(k).lower(): _text(v) for k, v in request.headers.items()},
        "requestContext": {
            "stage": contract.API_STAGE,
            "http": {"method": request.method, "path": path, "sourceIp": "127.0.0.1"},
            "authorizer": {
                "jwt": {
                    "claims": {
                        "sub": f"in-process-{uuid4()}-{number}",
                        "token_use": "id",
                        "email": "commander@example.com",
                        "cognito:groups": f"[{Role.COMMANDER}]",
                    }
                }
            },
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else None,
        "isBase64Encoded": body is not None,
    }


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


@contextmanager
def functions(aws: Emulator) -> Iterator[Functions]:
    """With the environment variables of the deployed ones."""
    before = dict(os.environ)
    client = aws.client("lambda")
    handlers: dict[str, Any] = {}
    try:
        for physical in resources(aws, "api", "AWS::Lambda::Function").values():
            told = client.get_function_configuration(FunctionName=physical)
            for name, paths in contract.API_PATHS.items():
                if told["Handler"] == f"breakwater.handlers.{name}.handler":
                    os.environ.update(aws.client_environment | told["Environment"]["Variables"])
                    module = importlib.import_module(f"breakwater.handlers.{name}")
                    handlers |= dict.fromkeys(paths, importlib.reload(module).handler)
        assert handlers.keys() == {path for paths in contract.API_PATHS.values() for path in paths}
        yield Functions(handlers)
    finally:
        os.environ.clear()
        os.environ.update(before)
