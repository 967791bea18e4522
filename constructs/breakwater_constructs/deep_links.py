"""Gives the page's own addresses the page."""

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

# Ids may have dots (/workflows/custom.billing.7), so a dot alone makes no file: files lie at the
# top or below /assets/.
DEEP_LINKS = """\
function handler(event) {
    var request = event.request;
    var isFile = /^\\/(assets\\/.+|[^\\/]+)$/.test(request.uri) && /\\.[^\\/]+$/.test(request.uri);
    if (!isFile) {
        request.uri = '/index.html';
    }
    return request;
}
"""


def deep_links(scope: Construct) -> cloudfront.FunctionAssociation:
    """Rewrites a request for an address that no file has to /index.html, on its way in.

    An error response could do that as well, and would turn errors of the API into pages.
    """
    function = cloudfront.Function(
        scope,
        "DeepLinks",
        code=cloudfront.FunctionCode.from_inline(DEEP_LINKS),
        runtime=cloudfront.FunctionRuntime.JS_2_0,
        comment="Addresses of the page, which no file has, get the page",
    )
    return cloudfront.FunctionAssociation(
        function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
    )
