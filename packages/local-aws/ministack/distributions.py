"""Serves CloudFront distributions as CloudFront does."""

import asyncio
import http.client
import re
from urllib.parse import parse_qs

from ministack import app
from ministack.services import apigateway_v1, cloudfront

REST_API = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")
NOT_FOUND = (403, {"content-type": "text/plain", "server": "CloudFront"}, b"Bad request: no distribution has this host.\n")
DISABLED = (403, {"content-type": "text/plain", "server": "CloudFront"}, b"The distribution is disabled.\n")


def serve_rest_apis() -> None:
    """Lets a distribution use a REST API as origin, by the API's host name on AWS. MiniStack supports only load balancers
    and function URLs.
    Fails without it: distributions.spec.ts: the distribution forwards API requests unchanged to the stage, except for …
    """
    fetch = cloudfront._fetch_from_origin

    async def fetch_from_here(origin, method, uri, query, headers, body, is_https, client_ip, forwarded, arn):
        named = REST_API.fullmatch(cloudfront._normalize_origin_host(origin["domain_name"]))
        if not named or apigateway_v1.find_api_scope(named.group(1)) is None:
            return await fetch(origin, method, uri, query, headers, body, is_https, client_ip, forwarded, arn)
        if not cloudfront._origin_connect_target(origin, is_https)[2]:
            raise cloudfront.OriginUnreachable("a REST API answers HTTPS only")
        sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded)
        sent = {name.lower(): value for name, value in sent.items()}
        if sent.get("host", "") != named.group(0):
            # The origin request policy forwards the viewer's Host header, and API Gateway has no API with that host
            # name.
            return 403, "Forbidden", {"content-type": "application/json"}, b'{"message":"Forbidden"}'
        path = f"/_aws/execute-api/{named.group(1)}{origin.get('origin_path') or ''}{uri}"
        answering = app._handle_execute_api_request(
            "localhost", path, method, sent, body or b"", parse_qs(query, keep_blank_values=True))
        try:
            status, answered, data = await asyncio.wait_for(answering, origin.get("read_timeout", 30))
        except asyncio.TimeoutError as error:
            raise cloudfront.OriginTimeout(str(error)) from error
        return status, http.client.responses.get(status, ""), {name.lower(): value for name, value in answered.items()}, data

    cloudfront._fetch_from_origin = fetch_from_here


def remove_authorization() -> None:
    """Removes the Authorization header of a GET or HEAD unless the cache policy names it (AWS Knowledge Center, "How do I
    configure CloudFront to forward the Authorization header?").
    Fails without it: distributions.spec.ts: the distribution removes the Authorization header of a GET if …
    """
    serve = cloudfront.handle_viewer_request

    async def serve_without(dist, method, path, raw_uri, raw_query_string, headers, *rest, **more):
        if method in ("GET", "HEAD") and "authorization" in headers and not is_in_cache_key(dist, path):
            headers = {name: value for name, value in headers.items() if name != "authorization"}
        return await serve(dist, method, path, raw_uri, raw_query_string, headers, *rest, **more)

    cloudfront.handle_viewer_request = serve_without


def is_in_cache_key(dist: dict, path: str) -> bool:
    behavior = cloudfront._match_behavior(cloudfront.parse_distribution_dataplane_config(dist), path) or {}
    policy = cloudfront.cache_policy_params(behavior.get("cache_policy_id")) or {}
    return "authorization" in [name.lower() for name in policy.get("Headers") or []]


def refuse_others() -> None:
    """Returns 403 for the host of an unknown or disabled distribution. MiniStack serves a disabled one, and lets its
    services answer for an unknown one.
    Fails without it: web-pages/requests.spec.ts: a request with a foreign Host header returns 403 and changes nothing
    """
    serve = app._handle_cloudfront_dataplane_request

    async def serve_known(host, *rest, **more):
        label = app._parse_cloudfront_dataplane_host(host)
        dist = label and cloudfront.find_distribution_for_label(label)
        if dist and not dist["enabled"]:
            return DISABLED
        answer = await serve(host, *rest, **more)
        return NOT_FOUND if answer is None and label else answer

    app._handle_cloudfront_dataplane_request = serve_known
