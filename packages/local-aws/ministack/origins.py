"""Lets a distribution use a REST API of this MiniStack as origin, by the API's host name on AWS.

MiniStack supports only load balancers and function URLs as AWS origins.
"""

import asyncio
import http.client
import re
from urllib.parse import parse_qs

from ministack import app
from ministack.services import apigateway_v1, cloudfront

REST_API = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


def serve_rest_apis() -> None:
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
