"""What browsers are told about every answer of the public origin."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct


def content_security_policy(connect_to: Sequence[str] = ()) -> str:
    """Everything from the page's own origin, no inline script or style, no plug-in, no frame.

    :param connect_to: other origins that the page's script may call.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "manifest-src 'self'",
            " ".join(["connect-src 'self'", *connect_to]),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def page_headers(
    scope: Construct, *, connect_to: Sequence[str] = ()
) -> cloudfront.ResponseHeadersPolicy:
    """The policy that sets them, whatever the origin said.

    Its name is the account's, not the Region's: the default would clash between Regions.
    """
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "Headers",
        response_headers_policy_name=f"{cdk.Stack.of(scope).stack_name}-{cdk.Aws.REGION}",
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=cdk.Duration.days(730),
                include_subdomains=True,
                override=True,
            ),
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=content_security_policy(connect_to), override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
        ),
    )
