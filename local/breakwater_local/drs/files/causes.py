"""Why launches fail, in the words that EC2 and DRS use; a script picks one by its name."""

LAUNCH_CAUSES = {
    "no-capacity": (
        "InsufficientInstanceCapacity: We currently do not have sufficient {type} capacity in the "
        "Availability Zone you requested ({zone})."
    ),
    "vcpu-quota": (
        "VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit "
        "allows for the instance bucket that the specified instance type belongs to."
    ),
    "no-permission": (
        "UnauthorizedOperation: You are not authorized to perform this operation. User is not "
        "authorized to perform: ec2:RunInstances because no identity-based policy allows it."
    ),
    "no-subnet": (
        "MissingInput: No subnets found for the default VPC. Please specify a subnet in the "
        "EC2 launch template of the source server."
    ),
    "no-security-group": (
        "InvalidGroup.NotFound: The security group in the EC2 launch template of the source "
        "server does not exist in the VPC of its subnet."
    ),
    "no-instance-profile": (
        "InvalidParameterValue: Value (drs-recovery-profile) for parameter "
        "iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
    ),
    "byol-tenancy": (
        "InvalidParameterCombination: The BYOL license of this Windows server requires dedicated "
        "host tenancy; the EC2 launch template says default."
    ),
    "boot-mode": (
        "InvalidParameterCombination: The boot mode uefi of the image is not supported by the "
        "instance type {type}."
    ),
    "throttled": "RequestLimitExceeded: Request limit exceeded.",
    "encryption-key": (
        "Client.InternalError: Client error on launch: the KMS key of the volume can't be used."
    ),
}
"""`{type}` and `{zone}` become the server's instance type and its Availability Zone."""
