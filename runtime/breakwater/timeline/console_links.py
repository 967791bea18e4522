"""Where to look further: the execution in the console, its logs, a Logs Insights query of it."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from breakwater.timeline.execution_arn import ExecutionArn
from breakwater.timeline.moments import iso

_DOMAINS = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
_AFTERWARDS = timedelta(minutes=5)  # logs arrive late
_STILL_COMING = timedelta(hours=1)  # of what runs, while somebody reads


class ConsoleLinks(NamedTuple):
    """Links for people who are signed in to the account; None where nothing is logged."""

    console: str
    logs: str | None
    logs_insights: str | None
    logs_insights_query: str


def console_links(
    execution: ExecutionArn,
    *,
    log_group_arn: str | None,
    started: datetime | None,
    stopped: datetime | None,
    latest: datetime | None = None,
) -> ConsoleLinks:
    """The links of one execution.

    :param log_group_arn: where its state machine logs to.
    :param latest: when the last happened that is known of it.
    """
    until = stopped + _AFTERWARDS if stopped is not None else None
    if until is None and latest is not None:
        until = latest + _STILL_COMING
    home = _home(execution)
    query = insights_query(str(execution))
    details = f"{home}/states/home?region={execution.region}#/v2/executions/details/"
    group = _group_name(log_group_arn)
    if group is None:
        return ConsoleLinks(f"{details}{quote(str(execution), safe=':')}", None, None, query)
    logs = f"{home}/cloudwatch/home?region={execution.region}#logsV2:"
    return ConsoleLinks(
        console=f"{details}{quote(str(execution), safe=':')}",
        logs=f"{logs}log-groups/log-group/{_twice_quoted(group)}",
        logs_insights=f"{logs}logs-insights$3FqueryDetail$3D"
        + _query_detail(query, group, started, until),
        logs_insights_query=query,
    )


def insights_query(execution_arn: str) -> str:
    """Every log record of this execution, in order."""
    quoted = execution_arn.replace("\\", "\\\\").replace('"', '\\"')
    return (
        "fields @timestamp, id, type, details.name, details.error, details.cause\n"
        f'| filter execution_arn = "{quoted}"\n'
        "| sort id asc"
    )


def _home(execution: ExecutionArn) -> str:
    domain = _DOMAINS.get(execution.partition, "console.aws.amazon.com")
    return f"https://{execution.region}.{domain}"


def _group_name(arn: str | None) -> str | None:
    if arn is None:
        return None
    name = arn.partition(":log-group:")[2] or arn
    return name.removesuffix(":*") or None


def _twice_quoted(text: str) -> str:
    """As the CloudWatch console writes what follows its `#`: quoted twice, `%` as `$`."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")


def _query_detail(query: str, group: str, started: datetime | None, until: datetime | None) -> str:
    """The console's own notation: `~(key~value)`, texts begin with `'`, signs are `*` and hex."""
    if started is None or until is None:
        span = "end~0~start~-86400~timeType~'RELATIVE~unit~'seconds"
    else:
        end, start = (_starred(iso(moment) or "") for moment in (until, started))
        span = f"end~'{end}~start~'{start}~timeType~'ABSOLUTE~tz~'UTC"
    return f"~({span}~editorString~'{_starred(query)}~source~(~'{_starred(group)}))"


def _starred(text: str) -> str:
    return re.sub(r"[^\w.-]", lambda sign: "".join(f"*{b:02x}" for b in sign[0].encode()), text)
