"""Where people look at a run: the portal's address, which the api stack writes down."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

logger = Logger(child=True)


class PortalLink:
    """Links to runs. Before the portal is deployed, and while SSM is silent, there are none."""

    def __init__(
        self, ssm: Callable[[], Any], parameter: str, *, below: str = "recovery/runs"
    ) -> None:
        """
        :param below: where in the portal they are; workflows are below `workflows`.
        """
        self._ssm = ssm
        self._parameter = parameter
        self._below = below
        self._address: str | None = None

    def __call__(self, execution_id: str) -> str | None:
        """The page of a run."""
        if self._address is None:
            try:
                answer = self._ssm().get_parameter(Name=self._parameter)
            except (BotoCoreError, ClientError) as error:
                logger.warning("No link in this message: %s", error)
                return None
            self._address = str(answer["Parameter"]["Value"]).rstrip("/")
        return f"{self._address}/{self._below}/{execution_id}"
