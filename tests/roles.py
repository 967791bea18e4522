"""Roles for what tests and benchmarks run on the embedded AWS."""

import json

from breakwater_local.emulator import Emulator


def trusted_role(aws: Emulator, name: str, service: str) -> str:
    """The ARN of a new role that this service may take; it may do nothing by itself."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        ],
    }
    made = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])
