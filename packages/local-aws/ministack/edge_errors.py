"""Caches error responses for 10 s, as CloudFront does, regardless of the origin's Cache-Control header.

Only the distribution's ErrorCachingMinTTL changes the time (CloudFront Developer Guide, "Control how long CloudFront
caches errors"). MiniStack caches nothing, and this module caches no other responses.
"""

import time

from ministack.services import cloudfront

# Error codes whose caching an origin cannot prevent. According to the CloudFront guide, it can prevent the caching of
# 404, 410, 414 and 501.
KEPT = (500, 502, 503, 504)
DEFAULT_SECONDS = 10

errors: dict[tuple, tuple] = {}


def keep() -> None:
    serve = cloudfront.handle_viewer_request

    async def serve_with_errors(dist, method, path, raw_uri, raw_query_string, headers, *rest, **more):
        if method not in ("GET", "HEAD"):
            return await serve(dist, method, path, raw_uri, raw_query_string, headers, *rest, **more)
        key, now = (dist["Id"], method, raw_uri, *asked(dist, path, raw_query_string, headers)), time.monotonic()
        for old in [each for each, (_, until, _) in errors.items() if until <= now]:
            del errors[old]
        if key in errors:
            since, _, (status, sent, body) = errors[key]
            return status, {**sent, "X-Cache": "Error from cloudfront", "Age": str(int(now - since))}, body
        answer = await serve(dist, method, path, raw_uri, raw_query_string, headers, *rest, **more)
        if answer[0] in KEPT:
            errors[key] = (now, now + seconds_of(dist, answer[0]), answer)
        return answer

    cloudfront.handle_viewer_request = serve_with_errors


def cache_policy_of(dist: dict, path: str) -> dict:
    """Returns the cache policy of the behavior for a path; empty if the behavior has none."""
    behavior = cloudfront._match_behavior(cloudfront.parse_distribution_dataplane_config(dist), path) or {}
    return cloudfront.cache_policy_params(behavior.get("cache_policy_id")) or {}


def asked(dist: dict, path: str, query: str, headers: dict) -> tuple:
    """Returns the parts of a request that belong to the cache key."""
    policy = cache_policy_of(dist, path)
    names = sorted(name.lower() for name in policy.get("Headers") or [])
    has_query = policy.get("QueryStringBehavior", "none") != "none"
    return query if has_query else "", *((name, headers.get(name, "")) for name in names)


def seconds_of(dist: dict, status: int) -> int:
    responses = cloudfront._find(cloudfront._dist_config_el(dist), "CustomErrorResponses")
    items = cloudfront._find(responses, "Items") if responses is not None else None
    for each in items if items is not None else []:
        if cloudfront._text(each, "ErrorCode") == str(status) and cloudfront._text(each, "ErrorCachingMinTTL"):
            return int(cloudfront._text(each, "ErrorCachingMinTTL"))
    return DEFAULT_SECONDS
