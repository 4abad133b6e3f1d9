"""Returns resources and tags of API Gateway and CloudFront calls for IAM (Service Authorization Reference).
Fails without it: enforcement/edge.spec.ts: CloudFront calls need permission on the resource's ARN; create and list …
Fails without it: enforcement/edge.spec.ts: the tags of a stage override the tags that the stage inherits from its API
"""

from urllib.parse import quote, unquote
from xml.etree import ElementTree

from ministack.core.responses import get_region
from ministack.services import apigateway_v1, cloudfront, tagging

# CloudFront resource types whose name is the same in the URL path and in the ARN.
KINDS = (
    "distribution", "origin-access-control", "cache-policy", "origin-request-policy", "response-headers-policy", "function")


def of_distributions(method: str, path: str, routing: dict, account: str) -> str:
    """Returns the resource of a CloudFront call: one ARN, a wildcard for a create, and `*` for a list."""
    parts = [part for part in path.split("/") if part][1:]
    if parts[:1] == ["tagging"]:
        return (routing.get("Resource") or ["*"])[0]
    if not parts or parts[0] not in KINDS or len(parts) == 1 and method != "POST":
        return "*"
    return f"arn:aws:cloudfront::{account}:{parts[0]}/{parts[1] if len(parts) > 1 else '*'}"


def xml_tags(body: bytes) -> dict:
    """Returns the tag condition keys of a CloudFront call that adds or removes tags."""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return {}
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1]
    pairs = {tag.findtext("Key", ""): tag.findtext("Value", "") for tag in root.iter("Tag")}
    taken = [key.text or "" for keys in root.iter("TagKeys") for key in keys.iter("Key")]
    return asked(pairs, taken)


def tags_of_rest_call(method: str, path: str, given: dict, routing: dict) -> dict:
    """Returns the tag condition keys of an API Gateway create or tagging call."""
    is_tagging = path.startswith("/tags/")
    tags = given.get("tags") if method == "POST" or is_tagging else None
    taken = routing.get("tagKeys", []) if is_tagging and method == "DELETE" else []
    return asked({key: str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}, taken)


def tagging_of_new(method: str, path: str, resource: str, context: dict) -> list[tuple]:
    """Returns the additional permission for a create with tags: apigateway:PUT on the tags of a resource with an
    unknown id.

    AWS documents this permission only in its denials (mattclay/aws-terminator pull request 284): `apigateway:PUT` on
    `…::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F*`.
    """
    if method != "POST" or path.startswith("/tags/") or "aws:TagKeys" not in context:
        return []
    prefix = resource.partition("::")[0]
    return [("apigateway:PUT", f"{prefix}::/tags/{quote(f'{resource}/*', safe='*')}", context)]


def change_by_tagging(method: str, path: str) -> list[tuple]:
    """Returns the additional permission for tagging an existing resource: to change the resource.

    AWS documents only the permission on the tags. A test on AWS found this one (iann0036/iam-dataset pull request 39).
    """
    if method != "PUT" or not path.startswith("/tags/"):
        return []
    return [("apigateway:PATCH", unquote(path.removeprefix("/tags/")), {})]


def asked(pairs: dict, taken: list) -> dict:
    if not pairs and not taken:
        return {}
    return {**{f"aws:RequestTag/{key}": value for key, value in pairs.items()}, "aws:TagKeys": [*pairs, *taken]}


def own_tags(service: str, resource: str) -> dict:
    """Returns a resource's tags."""
    if service == "cloudfront":
        return {tag["Key"]: tag["Value"] for tag in cloudfront._tags.get(resource) or []}
    # The resource of a tagging call is `/tags/<ARN>`, but its condition keys contain the tags of the resource with this
    # ARN.
    prefix, _, path = resource.partition("::")
    arn = unquote(path.removeprefix("/tags/")) if path.startswith("/tags/") else f"{prefix}::{path}"
    # A part of an API or usage plan inherits its tags (API Gateway Developer Guide, "API Gateway resources that can be
    # tagged"). The part's own tags override inherited tags.
    prefix, _, path = arn.partition("::")
    parent = f"{prefix}::{'/'.join(path.split('/')[:3])}"
    return {**(apigateway_v1._v1_tags.get(parent) or {}), **(apigateway_v1._v1_tags.get(arn) or {})}


def list_tagged() -> None:
    """Lists tags of API Gateway in the Resource Groups Tagging API, by which `audit-leftovers` finds API keys.
    Fails without it: rest-apis/calls.spec.ts: the Resource Groups Tagging API lists an API key by its tag
    """
    tagging._COLLECTORS["apigateway"] = lambda: (
        (arn, tagging._normalise_flat(tags)) for arn, tags in apigateway_v1._v1_tags.items() if arn.split(":")[3] == get_region())
