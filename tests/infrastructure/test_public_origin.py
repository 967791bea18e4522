"""The page and the API behind one name: what it promises, in every environment."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as certificates

from breakwater_constructs.page_headers import content_security_policy
from breakwater_constructs.public_origin import PublicOrigin
from tests.infrastructure.synthesized import Resource, Synthesized

ON_AWS = ["dev", "test", "prod"]
NEVER_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's policy CachingDisabled
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AWS's AllViewerExceptHostHeader
LOCAL_PAGE = "http://localhost:5173/"


@pytest.fixture(params=ON_AWS)
def on_aws(request: pytest.FixtureRequest, synthesized: dict[str, Synthesized]) -> Synthesized:
    return synthesized[request.param]


def only(of: Synthesized, kind: str) -> Resource:
    [resource] = of.resources(kind)
    return resource


def distribution(of: Synthesized) -> dict[str, Any]:
    config: dict[str, Any] = only(of, "AWS::CloudFront::Distribution").properties[
        "DistributionConfig"
    ]
    return config


class TestBucket:
    def test_it_is_private_and_encrypted(self, each: Synthesized) -> None:
        bucket = only(each, "AWS::S3::Bucket").properties
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert "WebsiteConfiguration" not in bucket
        assert "CorsConfiguration" not in bucket
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}

    def test_only_this_distribution_reads_it(self, each: Synthesized) -> None:
        policy = only(each, "AWS::S3::BucketPolicy").properties["PolicyDocument"]
        [allowed] = [s for s in policy["Statement"] if s["Effect"] == "Allow"]
        assert allowed["Action"] == "s3:GetObject"
        assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        ours = only(each, "AWS::CloudFront::Distribution").logical_id
        assert ours in json.dumps(allowed["Condition"]["StringEquals"]["AWS:SourceArn"])

    def test_it_takes_tls_only(self, on_aws: Synthesized) -> None:
        policy = only(on_aws, "AWS::S3::BucketPolicy").properties["PolicyDocument"]
        [denied] = [s for s in policy["Statement"] if s["Effect"] == "Deny"]
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert denied["Principal"] == {"AWS": "*"}

    @pytest.mark.parametrize("name", ["test", "prod"])
    def test_it_outlives_its_stack(self, name: str, synthesized: dict[str, Synthesized]) -> None:
        bucket = only(synthesized[name], "AWS::S3::Bucket").definition
        assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"


class TestApi:
    def test_it_is_never_cached_and_gets_what_the_viewer_sent(self, each: Synthesized) -> None:
        [api, live] = distribution(each)["CacheBehaviors"]
        assert (api["PathPattern"], api["TargetOriginId"]) == ("/api/*", "api")
        assert (live["PathPattern"], live["TargetOriginId"]) == ("/live", "live")
        assert live["CachePolicyId"] == NEVER_CACHED
        assert live["OriginRequestPolicyId"] == ALL_BUT_HOST  # the handshake, and the ticket
        assert api["CachePolicyId"] == NEVER_CACHED
        assert api["OriginRequestPolicyId"] == ALL_BUT_HOST
        assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(api["AllowedMethods"])
        assert "FunctionAssociations" not in api

    def test_its_errors_do_not_become_pages(self, each: Synthesized) -> None:
        assert "CustomErrorResponses" not in distribution(each)

    def test_no_port_and_no_name_is_in_a_template(self, each: Synthesized) -> None:
        [api] = [o for o in distribution(each)["Origins"] if o["Id"] == "api"]
        custom = api["CustomOriginConfig"]
        assert not isinstance(custom.get("HTTPPort"), int)
        assert api["DomainName"] == "localhost" or "ApiEndpoint" in json.dumps(api["DomainName"])


class TestTransport:
    def test_viewers_and_the_api_are_spoken_to_by_tls(self, on_aws: Synthesized) -> None:
        config = distribution(on_aws)
        for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
            assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        for behind in ("api", "live"):
            [api] = [o["CustomOriginConfig"] for o in config["Origins"] if o["Id"] == behind]
            assert api == {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}

    def test_a_name_of_ones_own_takes_tls_1_2_and_later(self) -> None:
        stack = cdk.Stack(cdk.App(), "Stack")
        arn = "arn:aws:acm:us-east-1:111122223333:certificate/a"
        certificate = certificates.Certificate.from_certificate_arn(stack, "Certificate", arn)
        api = apigateway.HttpApi(stack, "Api")
        name = "recovery.example.com"
        origin = PublicOrigin(stack, "O", api=api, domain_name=name, certificate=certificate)
        assert origin.url == "https://recovery.example.com/"
        viewers = {"MinimumProtocolVersion": "TLSv1.2_2021", "AcmCertificateArn": arn}
        wanted = {"Aliases": [name], "ViewerCertificate": assertions.Match.object_like(viewers)}
        assertions.Template.from_stack(stack).has_resource_properties(
            "AWS::CloudFront::Distribution",
            {"DistributionConfig": assertions.Match.object_like(wanted)},
        )

    def test_a_name_without_a_certificate_is_refused(self) -> None:
        stack = cdk.Stack(cdk.App(), "Stack")
        with pytest.raises(ValueError, match=r"'recovery\.example\.com'.*needs both"):
            PublicOrigin(
                stack, "O", api=apigateway.HttpApi(stack, "A"), domain_name="recovery.example.com"
            )


class TestHeaders:
    def test_every_answer_has_them(self, each: Synthesized) -> None:
        config = distribution(each)
        policy = {"Ref": only(each, "AWS::CloudFront::ResponseHeadersPolicy").logical_id}
        for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
            assert behavior["ResponseHeadersPolicyId"] == policy

    def test_they_are_the_strict_ones_and_no_cors(self, each: Synthesized) -> None:
        policy = only(each, "AWS::CloudFront::ResponseHeadersPolicy").properties[
            "ResponseHeadersPolicyConfig"
        ]
        assert set(policy) == {"Name", "SecurityHeadersConfig"}  # so: no CorsConfig
        headers = policy["SecurityHeadersConfig"]
        assert all(header["Override"] for header in headers.values())
        assert headers["FrameOptions"]["FrameOption"] == "DENY"
        assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
        assert "ContentTypeOptions" in headers
        assert "unsafe" not in json.dumps(headers["ContentSecurityPolicy"])

    def test_the_policy_starts_from_nothing(self) -> None:
        policy = content_security_policy(["https://elsewhere.example.com"]).split("; ")
        assert policy[0] == "default-src 'none'"
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "connect-src 'self' https://elsewhere.example.com" in policy

    def test_names_that_are_the_accounts_differ_between_regions(self, each: Synthesized) -> None:
        """The same environment may be deployed to several Regions of an account."""
        for kind in ("ResponseHeadersPolicy", "OriginAccessControl", "Function"):
            assert '{"Ref": "AWS::Region"}' in json.dumps(
                only(each, f"AWS::CloudFront::{kind}").properties
            )


class TestSignIn:
    @pytest.mark.parametrize("name", ["local", *ON_AWS])
    def test_it_leads_back_to_the_portal(
        self, name: str, synthesized: dict[str, Synthesized]
    ) -> None:
        """And, only where the page is developed, to the developer's machine."""
        client = only(synthesized[name], "AWS::Cognito::UserPoolClient").properties
        portal = synthesized[name].stacks["api"]["Outputs"]["PortalUrl"]["Value"]
        also = [LOCAL_PAGE] if name in ("local", "dev") else []
        assert client["CallbackURLs"] == client["LogoutURLs"] == [portal, *also]

    def test_an_address_is_changed_by_whoever_reads_its_mail(self, each: Synthesized) -> None:
        """The audit trail knows people by it."""
        pool = only(each, "AWS::Cognito::UserPool").properties
        kept = pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"]
        assert kept == ["email"]
