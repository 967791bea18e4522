"""Posts once more to connections that did not take their frames in time."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.live.assembly import LiveAssembly
from breakwater.live.second_posts import SecondPosts, read

logger = Logger()
_live = LiveAssembly()
_posts = SecondPosts(_live.log, _live.subscriptions, _live.sender)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Connections and what they lack; how it went."""
    return _posts.serve(read(event["late"]))
