"""Answers 403 at the host of a distribution that does not exist, as CloudFront does.

MiniStack goes on to its services, which would then answer under a name of CloudFront.
"""

from ministack import app

NOT_FOUND = (403, {"content-type": "text/plain", "server": "CloudFront"}, b"Bad request: no distribution has this host.\n")


def refuse() -> None:
    serve = app._handle_cloudfront_dataplane_request

    async def serve_known(host, *rest, **more):
        answer = await serve(host, *rest, **more)
        return NOT_FOUND if answer is None and app._parse_cloudfront_dataplane_host(host) else answer

    app._handle_cloudfront_dataplane_request = serve_known
