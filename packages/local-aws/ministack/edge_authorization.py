"""Removes the Authorization header of GET and HEAD requests unless the cache key of the behavior's cache policy
contains the header, as CloudFront does.

An origin request policy is not sufficient (AWS Knowledge Center, "How do I configure CloudFront to forward the
Authorization header?").
"""

from ministack.services import cloudfront


def remove() -> None:
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
