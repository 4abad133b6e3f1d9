"""Implements the part of the AWS CLI that audit-leftovers' commands need, with botocore.

Endpoint, default region and keys come from the environment.
"""

import json
import sys

import boto3
import jmespath
from botocore import xform_name

service, operation, *rest = sys.argv[1:]
waits = operation == "wait"
if waits:
    operation, *rest = rest
given = dict(zip([flag.removeprefix("--") for flag in rest[::2]], rest[1::2], strict=True))
# These commands never find more than one page.
given.pop("max-items", None)
client = boto3.client({"s3api": "s3"}.get(service, service), region_name=given.pop("region", None))
query, output = given.pop("query", None), given.pop("output", "json")


def value_of(shape, text):
    if text[:1] in ("{", "["):
        return json.loads(text)
    if shape.type_name == "list":
        return [value_of(shape.member, text)]
    if shape.type_name == "structure":
        return dict(pair.split("=", 1) for pair in text.split(","))
    return text


def parameters(method):
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    flags = {xform_name(name, "-"): name for name in shape.members}
    unknown = set(given) - set(flags)
    if unknown:
        sys.exit(f"Unknown options: {', '.join(sorted(unknown))}")
    return {flags[flag]: value_of(shape.members[flags[flag]], text) for flag, text in given.items()}


if waits:
    client.get_waiter(xform_name(operation.replace("-", "_"))).wait(Id=given["id"])
    sys.exit()
method = operation.replace("-", "_")
answer = getattr(client, method)(**parameters(method))
answer.pop("ResponseMetadata", None)
found = jmespath.search(query, answer) if query else answer
print(found if output == "text" else json.dumps(found, default=str))
