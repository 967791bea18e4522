"""An empty function behind an HTTP API: the floor that nothing can be below."""

import http.client
import io
import zipfile
from collections.abc import Callable
from urllib.parse import urlsplit

from breakwater_local.emulator import Emulator
from tests.roles import trusted_role


def asking(url: str) -> Callable[[], object]:
    """Asks an API once."""
    parts = urlsplit(url)

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
        connection.request("GET", parts.path, headers={"Host": parts.netloc})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status

    return ask


def empty_function(aws: Emulator) -> str:
    """A function that does nothing, behind an HTTP API: the floor that nothing can be below."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr(
            "empty.py", "def handler(event, context):\n    return {'statusCode': 200}\n"
        )
    role = trusted_role(aws, "empty", "lambda.amazonaws.com")
    function = aws.client("lambda").create_function(
        FunctionName="empty",
        Runtime="python3.14",
        Role=role,
        Handler="empty.handler",
        Code={"ZipFile": code.getvalue()},
    )
    aws.client("lambda").add_permission(
        FunctionName="empty",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    gateway = aws.client("apigatewayv2")
    api = gateway.create_api(Name="empty", ProtocolType="HTTP")
    integration = gateway.create_integration(
        ApiId=api["ApiId"],
        IntegrationType="AWS_PROXY",
        IntegrationUri=function["FunctionArn"],
        PayloadFormatVersion="2.0",
    )
    gateway.create_route(
        ApiId=api["ApiId"],
        RouteKey="GET /empty",
        Target=f"integrations/{integration['IntegrationId']}",
    )
    gateway.create_stage(ApiId=api["ApiId"], StageName="api", AutoDeploy=True)
    return f"{api['ApiEndpoint']}/api/empty"
