"""The environments that Breakwater is deployed to, and what differs between them.

To deploy to an environment of your own, put your addresses here. Everything has a safe default:
an environment says only where it departs from it, and why.
"""

import re
from dataclasses import dataclass

from aws_cdk import aws_logs as logs

from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[0-9a-zA-Z-]+")
_ADDRESSES = ("alarm_email", "notification_email", "admin_email")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One deployment of Breakwater."""

    name: str

    account: str | None = None
    """The account it belongs to: CDK refuses to deploy it to another. None: the caller's."""

    region: str | None = None
    """The Region it belongs to, best the recovery Region. None: the caller's."""

    retain_data: bool = True
    """Keep tables and logs when their stack is deleted."""

    deletion_protection: bool = True
    """DynamoDB refuses to delete a table, CloudFormation a stack, until this is turned off."""

    log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR
    """How long logs are kept."""

    figure_days: int = 400
    """How long the figures of a day stay: at least 31, because answers are about 30."""

    alarms: bool = True
    """Watch Breakwater itself and tell `alarm_email`."""

    alarm_email: str | None = None
    """Who is told when Breakwater itself is unwell."""

    notification_email: str | None = None
    """Who is told what happens in recovery runs."""

    admin_email: str | None = None
    """The first commander: invited when the user pool is made."""

    mfa_required: bool = True
    """Ask everybody for a one-time code at sign-in; otherwise each may choose to."""

    saml_metadata_url: str | None = None
    """Single sign-on: where your identity provider publishes its SAML metadata."""

    domain_name: str | None = None
    """A name of your own for the page and the API; with a `certificate_arn`. None: CloudFront's.
    Point the name at the distribution by a record of your own."""

    certificate_arn: str | None = None
    """The certificate for `domain_name`: of AWS Certificate Manager, in us-east-1."""

    page_under_development: bool = False
    """Sign-in may also lead back to a page that a developer serves at http://localhost:5173/."""

    target_external_id: str | None = None
    """The word that the control plane and the accounts of servers both know. None: servers in the
    control plane's own account only."""

    organization_id: str | None = None
    """`o-...`: other accounts refuse callers from outside this AWS organisation."""

    time_scale: int = 1
    """How many times faster than the wall clock waits pass. Only the embedded AWS has another."""

    powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER
    """The SSM parameter that holds the ARN of the Powertools layer."""

    drs_endpoint_parameter: str | None = None
    """The SSM parameter that holds the address of DRS. None: AWS's own."""

    embedded: bool = False
    """Deployed to the embedded AWS, with the caller's own credentials."""

    def __post_init__(self) -> None:
        if self.account is not None and not _ACCOUNT.fullmatch(self.account):
            raise ValueError(
                f"account of environment {self.name!r} is {self.account!r}; an account is twelve "
                "digits. Correct it in stacks/environments.py."
            )
        for setting in _ADDRESSES:
            address = getattr(self, setting)
            if address is not None and not _ADDRESS.fullmatch(address):
                raise ValueError(
                    f"{setting} of environment {self.name!r} is {address!r}, which is no e-mail "
                    "address. Correct it in stacks/environments.py."
                )
        self._require_a_name_with_its_certificate()
        if self.time_scale < 1 or (self.time_scale > 1 and not self.embedded):
            raise ValueError(
                f"time_scale of environment {self.name!r} is {self.time_scale}: time passes "
                "faster only on the embedded AWS."
            )

    def _require_a_name_with_its_certificate(self) -> None:
        if (self.domain_name is None) != (self.certificate_arn is None):
            raise ValueError(
                f"Environment {self.name!r} has the domain_name {self.domain_name!r} and the "
                f"certificate_arn {self.certificate_arn!r}: give both or none, in "
                "stacks/environments.py."
            )
        if self.domain_name is not None and not _DOMAIN.fullmatch(self.domain_name):
            raise ValueError(
                f"domain_name of environment {self.name!r} is {self.domain_name!r}; give a name "
                "such as recovery.example.com, in lower case, in stacks/environments.py."
            )
        if self.certificate_arn is not None and not _CERTIFICATE.fullmatch(self.certificate_arn):
            raise ValueError(
                f"certificate_arn of environment {self.name!r} is {self.certificate_arn!r}; "
                "CloudFront takes certificates of AWS Certificate Manager in us-east-1 only: "
                "arn:aws:acm:us-east-1:<account>:certificate/<id>. Correct it in "
                "stacks/environments.py."
            )
        if self.domain_name is not None and self.embedded:
            raise ValueError(
                f"Environment {self.name!r} is on the embedded AWS, which has no certificates: "
                "leave domain_name out."
            )


# Nothing here outlives `make down`, so nothing is protected.
LOCAL = Environment(
    name="local",
    embedded=True,
    retain_data=False,
    deletion_protection=False,
    log_retention=logs.RetentionDays.ONE_WEEK,
    figure_days=60,
    mfa_required=False,
    page_under_development=True,
    target_external_id="breakwater-local",
    time_scale=60,
    # SSM refuses names under /aws/, there as on AWS, so `make up` publishes a layer and its name.
    powertools_layer_parameter="/breakwater/local/powertools-layer",
    # There is no DRS there: `make up` starts a simulator and writes down where.
    drs_endpoint_parameter="/breakwater/local/drs-endpoint",
)

# For developing Breakwater: deployed and removed at will.
DEV = Environment(
    name="dev",
    retain_data=False,
    deletion_protection=False,
    log_retention=logs.RetentionDays.ONE_MONTH,
    figure_days=60,
    mfa_required=False,
    page_under_development=True,
)

# For rehearsing releases and drills: as production, but its logs are nobody's evidence.
TEST = Environment(name="test", log_retention=logs.RetentionDays.THREE_MONTHS)

PROD = Environment(name="prod")

ENVIRONMENTS = {environment.name: environment for environment in (LOCAL, DEV, TEST, PROD)}


class UnknownEnvironment(ValueError):
    """The name given is none of ours; the message lists those that are."""


def environment_named(name: str | None) -> Environment:
    """The environment with this name."""
    known = ", ".join(ENVIRONMENTS)
    if not name:
        raise UnknownEnvironment(
            f"No environment was chosen. Say which: -c environment=<one of {known}>."
        )
    if name not in ENVIRONMENTS:
        raise UnknownEnvironment(
            f"There is no environment {name!r}. Known: {known} (see stacks/environments.py)."
        )
    return ENVIRONMENTS[name]
