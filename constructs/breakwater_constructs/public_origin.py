"""The one address that people open: the page and the API behind the same CloudFront name."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from breakwater import contract
from breakwater_constructs.api_origin import (
    api_origin,
    embedded_api_origin,
    embedded_live_origin,
    embedded_port,
    live_origin,
)
from breakwater_constructs.deep_links import deep_links
from breakwater_constructs.live_socket import LiveSocket
from breakwater_constructs.page_bucket import page_bucket
from breakwater_constructs.page_headers import page_headers


class PublicOrigin(Construct):
    """A CloudFront distribution: `/api/*` is the HTTP API, `/live` the WebSocket API, everything
    else the page's bucket.

    One origin, so there is no CORS to open. The bucket is private; only this distribution reads
    it. Answers of the API are never cached, and its errors stay its own: a deep link becomes the
    page by rewriting the request, not by replacing an error. Every answer carries HSTS, a content
    security policy without inline script, nosniff, no framing and a referrer policy.

    On AWS everybody speaks TLS, the distribution to the API too. `embedded` is for an AWS on this
    machine, which has no certificates: there, http.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: apigateway.HttpApi,
        live: LiveSocket | None = None,
        connect_to: Sequence[str] = (),
        domain_name: str | None = None,
        certificate: certificates.ICertificate | None = None,
        price_class: cloudfront.PriceClass = cloudfront.PriceClass.PRICE_CLASS_ALL,
        retain: bool = True,
        embedded: bool = False,
    ) -> None:
        """
        :param api: the API, whose stage is `api`.
        :param live: the WebSocket API, whose stage is `live`. The embedded CloudFront
            carries no sockets: there, clients go to it themselves.
        :param connect_to: other origins that the page's script may call, such as the sign-in's.
        :param domain_name: a name of your own, with its `certificate` (of us-east-1). Default:
            the name that CloudFront gives, whose minimum is TLS 1.0; with your own it is 1.2.
        :param price_class: from where it is served. Default: from everywhere, as people may be.
        :param retain: keep the bucket when the stack is deleted.
        :param embedded: the distribution is on the embedded AWS.
        """
        if (domain_name is None) != (certificate is None):
            raise ValueError(
                f"domain_name is {domain_name!r} and certificate is {certificate!r}: a name of "
                "your own needs both."
            )
        super().__init__(scope, id)
        self._api = api
        self._embedded = embedded
        self._domain_name = domain_name
        self.bucket = page_bucket(self, retain=retain, embedded=embedded)
        headers = page_headers(self, connect_to=connect_to)
        behaviors = {f"/{contract.API_STAGE}/*": self._below_api(headers)}
        if live is not None:
            behaviors[f"/{contract.LIVE_STAGE}"] = self._below_live(live, headers)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Breakwater: the page, and the API below /api/",
            price_class=price_class,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            domain_names=[domain_name] if domain_name else None,
            certificate=certificate,
            minimum_protocol_version=(
                cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if certificate else None
            ),
            default_behavior=self._page(headers),
            additional_behaviors=behaviors,
        )
        self._acknowledge()

    @property
    def url(self) -> str:
        """What people open, and where sign-in and sign-out lead back to; it ends with a slash."""
        name = self._domain_name or self.distribution.distribution_domain_name
        if not self._embedded:
            return f"https://{name}/"
        label = cdk.Fn.select(0, cdk.Fn.split(".", name))  # it says .net, and answers to this
        return f"http://{label}.cloudfront.localhost:{embedded_port(self._api)}/"

    def _page(self, headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.BehaviorOptions:
        access = cloudfront.S3OriginAccessControl(
            self,
            "Access",
            # Such names are the account's: the default would clash between two Regions.
            origin_access_control_name=f"{cdk.Stack.of(self).stack_name}-{cdk.Aws.REGION}",
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(
                self.bucket, origin_access_control=access, origin_id="page"
            ),
            viewer_protocol_policy=self._viewers(),
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=headers,
            function_associations=[deep_links(self)],
        )

    def _below_api(self, headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.BehaviorOptions:
        origin = embedded_api_origin if self._embedded else api_origin
        return cloudfront.BehaviorOptions(
            origin=origin(self._api),
            viewer_protocol_policy=self._viewers(),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # API Gateway finds the API by the Host header, so that one must be its own.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=headers,
        )

    def _below_live(
        self, live: LiveSocket, headers: cloudfront.ResponseHeadersPolicy
    ) -> cloudfront.BehaviorOptions:
        """CloudFront hands a handshake on like any request, and then carries the socket."""
        origin = embedded_live_origin if self._embedded else live_origin
        return cloudfront.BehaviorOptions(
            origin=origin(live.api),
            viewer_protocol_policy=self._viewers(),
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=headers,
        )

    def live_url(self, live: LiveSocket) -> str:
        """Where clients connect: at this very origin, where it carries sockets."""
        if self._embedded:
            return live.embedded_url
        name = self._domain_name or self.distribution.distribution_domain_name
        return f"wss://{name}/{contract.LIVE_STAGE}"

    def _viewers(self) -> cloudfront.ViewerProtocolPolicy:
        if self._embedded:
            return cloudfront.ViewerProtocolPolicy.ALLOW_ALL
        return cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS

    def _acknowledge(self) -> None:
        validations = cdk.Validations.of(self.distribution)
        validations.acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-CFR1",
                reason="People who recover servers may be in any country; who they are, sign-in "
                "decides.",
            ),
            cdk.Acknowledgment(
                id="AwsSolutions-CFR2",
                reason="Without a token there are the page's files and GET /health. The API is "
                "throttled at its stage; a firewall's rules would be the account's choice.",
            ),
            cdk.Acknowledgment(
                id="AwsSolutions-CFR3",
                reason="The API's own access log has every request to the API. What is left are "
                "requests for the page's files, the same for everybody.",
            ),
        )
        if not self._domain_name:
            validations.acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-CFR4",
                    reason="CloudFront's own name has CloudFront's own certificate, and that fixes "
                    "the minimum at TLS 1.0. Browsers of today agree on 1.3. With a domain_name "
                    "and a certificate the minimum is 1.2.",
                )
            )
        if self._embedded:
            validations.acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-CFR5",
                    reason="The embedded AWS has no certificates, and what it says never leaves "
                    "this machine. On AWS the origin is reached by TLS 1.2 only.",
                )
            )
