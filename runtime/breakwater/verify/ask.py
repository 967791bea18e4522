"""Asks GET /health, as anybody outside would."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from breakwater.verify import judge
from breakwater.verify.judge import Finding

TIMEOUT_SECONDS = 20
SIMULATOR_HEALTH = "/_simulator/health"


def ask_health(url: str) -> Finding:
    """Ask once and judge the answer; no answer is a finding too."""
    try:
        request = urllib.request.Request(_reachable(url), headers={"Host": urlsplit(url).netloc})
        with _opener(url).open(request, timeout=TIMEOUT_SECONDS) as answer:
            return judge.health(url, answer.status, _json(answer.read()))
    except urllib.error.HTTPError as error:
        return judge.health(url, error.code, _json(error.read()))
    except (OSError, ValueError) as error:
        return judge.health(url, None, None, f"no answer: {error}")


def ask_simulator(endpoint: str | None) -> Finding:
    """On this machine DRS is a simulator: is it well?"""
    if not endpoint:
        return judge.simulator(None, "does not run")
    url = f"{endpoint}{SIMULATOR_HEALTH}"
    try:
        with _opener(url).open(url, timeout=TIMEOUT_SECONDS) as answer:
            return judge.simulator(_json(answer.read()))
    except (OSError, ValueError) as error:
        return judge.simulator(None, f"does not answer on {endpoint}: {error}")


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Through the caller's proxy, except to this machine."""
    here = _is_here(url) or urlsplit(url).hostname in ("127.0.0.1", "localhost")
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if here else []))


def _is_here(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(".localhost")


def _reachable(url: str) -> str:
    """Names below `.localhost` are this machine (RFC 6761), but few resolvers know."""
    parts = urlsplit(url)
    if _is_here(url):
        netloc = f"127.0.0.1:{parts.port}" if parts.port else "127.0.0.1"
        return urlunsplit(parts._replace(netloc=netloc))
    return url


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
