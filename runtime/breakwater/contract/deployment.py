"""What a deployment consists of, and what it tells of itself."""

PRODUCT = "breakwater"

# What a deployment consists of, in the order in which it is deployed.
STACKS = ("data", "index", "recovery", "api")


def stack_name(environment: str, part: str) -> str:
    """The name of a stack as CloudFormation, `make verify` and people know it."""
    return f"{PRODUCT}-{environment}-{part}"


ENVIRONMENT_VARIABLE = "BREAKWATER_ENVIRONMENT"
ACCOUNT_VARIABLE = "BREAKWATER_ACCOUNT"

# Outputs of the api stack, read by `make verify` and by people.
PORTAL_URL_OUTPUT = "PortalUrl"
API_URL_OUTPUT = "ApiUrl"
PAGE_BUCKET_OUTPUT = "PageBucket"
USER_POOL_OUTPUT = "UserPoolId"
CLIENT_OUTPUT = "ClientId"
SIGN_IN_OUTPUT = "SignInUrl"


def portal_url_parameter(environment: str) -> str:
    """Where functions find the address that people open, for links in messages."""
    return f"/{PRODUCT}/{environment}/portal-url"
