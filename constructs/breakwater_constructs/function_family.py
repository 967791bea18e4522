"""Functions of one construct, which share what they are told and how their logs are kept."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater_constructs.runtime_function import RuntimeFunction


class FunctionFamily:
    """Makes functions in a construct; they may do nothing yet."""

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Mapping[str, str],
        log_retention: logs.RetentionDays,
        retain_logs: bool,
        powertools_layer_parameter: str,
    ) -> None:
        """
        :param environment: what each of them is told.
        """
        self._scope = scope
        self._environment = environment
        self._log_retention = log_retention
        self._retain_logs = retain_logs
        self._powertools_layer_parameter = powertools_layer_parameter

    def add(
        self,
        id: str,
        handler: str,
        description: str,
        *,
        timeout: cdk.Duration,
        variables: Mapping[str, str] | None = None,
    ) -> RuntimeFunction:
        """One more.

        :param variables: what it is told besides.
        """
        return RuntimeFunction(
            self._scope,
            id,
            handler=handler,
            description=description,
            environment={**self._environment, **(variables or {})},
            timeout=timeout,
            log_retention=self._log_retention,
            retain_logs=self._retain_logs,
            powertools_layer_parameter=self._powertools_layer_parameter,
        )
