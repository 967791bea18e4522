"""The function behind /me, /protection-groups, /recovery-plans and /source-servers."""

import time

import boto3

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.recovery.drs_directory import DrsDirectory
from breakwater.recovery.ec2_launch_networks import Ec2LaunchNetworks
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_saving import PlanDesk
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.plan_validator import PlanValidator
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater.recovery.server_leases import ServerLeases
from breakwater.recovery.server_listing import ServerListing
from breakwater.recovery.target_accounts import TargetAccounts
from breakwater.routes import me, protection_groups, recovery_plans, servers

_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_requests = setting(contract.REQUESTS.variable)
_tables = RecoveryTables.from_settings()
_region = _dynamodb.meta.region_name

_accounts = TargetAccounts(
    own_account=setting(contract.ACCOUNT_VARIABLE),
    role_name=contract.target_role_name(setting(contract.ENVIRONMENT_VARIABLE)),
    external_id=setting(contract.TARGET_EXTERNAL_ID_VARIABLE),
    clock=clock.now,
    partition=_dynamodb.meta.partition,
)
_directory = DrsDirectory(_accounts)
_groups = GroupStore(_dynamodb, _tables)
_plans = PlanStore(_dynamodb, _tables)
_listing = ServerListing(_directory)

handler = HttpApplication(
    [
        *me.ROUTES,
        *protection_groups.routes(_groups, _listing, clock.now),
        *recovery_plans.routes(
            recovery_plans.Plans(
                store=_plans,
                desk=PlanDesk(_groups, _plans),
                groups=_groups,
                validator=PlanValidator(
                    _directory,
                    Ec2LaunchNetworks(_accounts),
                    ServerLeases(_dynamodb, setting(contract.SERVER_LEASES.variable)),
                    control_region=_region,
                ),
                clock=clock.now,
            )
        ),
        *servers.routes(_listing),
    ],
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _dynamodb),
    clock=time.time,
)
