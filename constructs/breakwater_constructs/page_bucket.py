"""Where the page's files lie."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct


def page_bucket(scope: Construct, *, retain: bool, embedded: bool) -> s3.Bucket:
    """A private bucket. What is in it can be built again, so there are no versions to keep.

    Everybody must speak TLS to it; not on the embedded AWS, whose own distribution does not.
    """
    bucket = s3.Bucket(
        scope,
        "Page",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=not embedded,
        removal_policy=cdk.RemovalPolicy.RETAIN if retain else cdk.RemovalPolicy.DESTROY,
    )
    validations = cdk.Validations.of(bucket)
    validations.acknowledge(
        cdk.Acknowledgment(
            id="AwsSolutions-S1",
            reason="It holds the built page, which anybody may open anyway, and no data. Only "
            "the distribution reads it, and only a deployment writes it.",
        )
    )
    if embedded:
        validations.acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-S10",
                reason="The embedded AWS has no certificates, and what it says never leaves this "
                "machine. On AWS the bucket's policy refuses everything but TLS.",
            )
        )
    return bucket
