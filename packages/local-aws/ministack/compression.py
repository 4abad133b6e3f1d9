"""Compresses responses of REST APIs as API Gateway does (Developer Guide, "Receive an API response with a compressed
payload").

MiniStack stores `minimumCompressionSize` but does not use it. A changed size applies from the next deployment.
"""

import gzip
import re
import zlib

from ministack.services import apigateway_v1 as gateway

import rest_deployments

CODINGS = {"gzip": lambda data: gzip.compress(data, mtime=0), "deflate": zlib.compress}
MEMBER = re.compile(r"\s*([\w-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")


def compress() -> None:
    handle = gateway._handle_execute_in_scope

    async def handle_and_compress(api, stage, method, path, headers, *rest):
        status, answered, data = await handle(api, stage, method, path, headers, *rest)
        least = rest_deployments.minimum_compression_size(api, stage)
        named = {name.lower(): name for name in answered}
        coding = accepted(headers.get("accept-encoding", ""))
        if least is None or coding is None or "content-encoding" in named or len(data) < least:
            return status, answered, data
        rest_of_headers = {name: value for name, value in answered.items() if name != named.get("content-length")}
        return status, {**rest_of_headers, "Content-Encoding": coding}, CODINGS[coding](data)

    gateway._handle_execute_in_scope = handle_and_compress


def accepted(header: str) -> str | None:
    """Returns the supported encoding with the highest weight in Accept-Encoding. `*` selects no encoding."""
    weights = {}
    for part in header.split(","):
        member = MEMBER.fullmatch(part.lower())
        if member:
            weights[member[1]] = float(member[2] or 1)
    best = max(CODINGS, key=lambda name: weights.get(name, 0))
    return best if weights.get(best, 0) > 0 else None
