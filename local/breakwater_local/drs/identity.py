"""Who a caller is, asked of the embedded AWS.

A request does not tell its role. What it tells is an access key id, whose account STS knows, and
`app/<name>` in the user agent, which our functions set to their own name: function, and its role.
In another account there is no such function: there, a function is who took the role that Breakwater
has in every account that it reaches, `BreakwaterTarget-<environment>`, if there is just one.
Whoever calls itself nothing of the kind may do anything, as the emulator's root key may.
"""

import re
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from breakwater_local.drs.answers import Answers
from breakwater_local.drs.embedded_aws import EmbeddedAws
from breakwater_local.drs.gate import DEFAULT_ACCOUNT
from breakwater_local.drs.outbox import Undelivered

TARGET_ROLES = "BreakwaterTarget-"
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ACCESS_KEY = re.compile(r"\w{16,128}", re.ASCII)
_UNKNOWN_KEY = "ValidationError"


class Identity:
    """Finds accounts and roles."""

    def __init__(self, aws: EmbeddedAws, answers: Answers, regions: Sequence[str]) -> None:
        self._aws, self._answers, self._regions = aws, answers, regions

    def account_of(self, access_key: str) -> str:
        """The account that an access key id belongs to."""
        if _ACCOUNT.fullmatch(access_key):
            return access_key
        if not _ACCESS_KEY.fullmatch(access_key):
            return DEFAULT_ACCOUNT  # `test`, or whatever else a client was given
        return self._answers.to(("key", access_key), lambda: self._ask_sts(access_key))

    def role_of(self, application: str | None, account: str, region: str) -> str | None:
        """The role of a function, or the one it took in another account; nothing if it is none."""
        if not application:
            return None
        return self._answers.to(
            ("role", account, region, application),
            lambda: (
                self._role_of_function(application, account, region) or self._target_role(account)
            ),
        )

    def _ask_sts(self, access_key: str) -> str:
        sts = self._aws.client("sts", DEFAULT_ACCOUNT, "us-east-1")
        try:
            with self._aws.reaching():
                return str(sts.get_access_key_info(AccessKeyId=access_key)["Account"])
        except ClientError as error:
            if error.response["Error"]["Code"] != _UNKNOWN_KEY:
                raise Undelivered(f"STS could not be asked whose key it is: {error}") from error
            return DEFAULT_ACCOUNT  # a key that it never gave out

    def _role_of_function(self, name: str, account: str, region: str) -> str | None:
        for home in dict.fromkeys((region, *self._regions)):
            with self._aws.reaching():
                pages = self._aws.client("lambda", account, home).get_paginator("list_functions")
                for page in pages.paginate():
                    for known in page["Functions"]:
                        if _names_itself(known, name):
                            return str(known["Role"])
        return None

    def _target_role(self, account: str) -> str | None:
        with self._aws.reaching():
            pages = self._aws.client("iam", account, "us-east-1").get_paginator("list_roles")
            found = [
                str(role["Arn"])
                for page in pages.paginate()
                for role in page["Roles"]
                if role["RoleName"].startswith(TARGET_ROLES)
            ]
        return found[0] if len(found) == 1 else None


def _names_itself(function: Any, name: str) -> bool:
    """Is this the function that calls itself so? Its physical name would be too long for that."""
    variables = function.get("Environment", {}).get("Variables", {})
    return name in (variables.get("AWS_SDK_UA_APP_ID"), function["FunctionName"])
