"""Returns 403 for the host of an unknown or disabled distribution, as CloudFront does.

MiniStack serves a disabled distribution, and lets its services answer for an unknown one.
"""

from ministack import app
from ministack.services import cloudfront

NOT_FOUND = (403, {"content-type": "text/plain", "server": "CloudFront"}, b"Bad request: no distribution has this host.\n")
DISABLED = (403, {"content-type": "text/plain", "server": "CloudFront"}, b"The distribution is disabled.\n")


def refuse() -> None:
    serve = app._handle_cloudfront_dataplane_request

    async def serve_known(host, *rest, **more):
        label = app._parse_cloudfront_dataplane_host(host)
        dist = label and cloudfront.find_distribution_for_label(label)
        if dist and not dist["enabled"]:
            return DISABLED
        answer = await serve(host, *rest, **more)
        return NOT_FOUND if answer is None and label else answer

    app._handle_cloudfront_dataplane_request = serve_known
