"""How a distribution reaches the HTTP API."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins


def api_origin(api: apigateway.HttpApi) -> origins.HttpOrigin:
    """At the API's own address, by TLS 1.2 only."""
    return origins.HttpOrigin(
        cdk.Fn.select(2, cdk.Fn.split("/", api.api_endpoint)),
        origin_id="api",
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
    )


def live_origin(api: apigateway.WebSocketApi) -> origins.HttpOrigin:
    """The WebSocket API at its own address, by TLS 1.2 only."""
    return origins.HttpOrigin(
        cdk.Fn.select(2, cdk.Fn.split("/", api.api_endpoint)),
        origin_id="live",
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
    )


def embedded_api_origin(api: apigateway.HttpApi) -> origins.HttpOrigin:
    """On the embedded AWS: by path, since the API's name needs a resolver that knows it; by http,
    since there are no certificates.
    """
    return _embedded_origin(api, "api")


def embedded_live_origin(api: apigateway.WebSocketApi) -> origins.HttpOrigin:
    """The WebSocket API likewise."""
    return _embedded_origin(api, "live")


def _embedded_origin(
    api: apigateway.HttpApi | apigateway.WebSocketApi, origin_id: str
) -> origins.HttpOrigin:
    return origins.HttpOrigin(
        "localhost",
        http_port=cdk.Token.as_number(embedded_port(api)),
        origin_path=f"/_aws/execute-api/{api.api_id}",
        origin_id=origin_id,
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTP_ONLY,
    )


def embedded_port(api: apigateway.HttpApi | apigateway.WebSocketApi) -> str:
    """The embedded AWS's port, from an address it gives: http://<api>.execute-api.localhost:<port>

    So no template names a port.
    """
    return cdk.Fn.select(2, cdk.Fn.split(":", api.api_endpoint))
