"""Implements the part of the AWS CLI that the commands of audit-leftovers and diagnose-access need, with botocore.

With arguments, it runs one command, as `aws` does. Without, it runs the shell commands in the lines of stdin until one
fails: commands of the AWS CLI in this process, because boto3 starts slowly, and all others with bash. Endpoint, default
region and keys come from the environment.
"""

import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys
import time

import boto3
import jmespath
from botocore import xform_name


def value_of(shape, text):
    if shape.type_name in ("string", "boolean"):
        return text
    if text[:1] in ("{", "["):
        return json.loads(text)
    if shape.type_name == "list":
        return [value_of(shape.member, text)]
    if shape.type_name == "structure":
        return dict(pair.split("=", 1) for pair in text.split(","))
    return text


def parameters(client, method, given):
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    flags = {xform_name(name, "-"): name for name in shape.members}
    unknown = set(given) - set(flags)
    if unknown:
        sys.exit(f"Unknown options: {', '.join(sorted(unknown))}")
    return {flags[flag]: value_of(shape.members[flags[flag]], text) for flag, text in given.items()}


def options(words):
    """Returns the options with their values; an option without a value is true."""
    given = {}
    for word in words:
        if word.startswith("--"):
            name = word.removeprefix("--")
            given[name] = True
        else:
            given[name] = word
    return given


def copy(source, target, *rest):
    """`aws s3 cp` of one object in either direction, or of a prefix to a folder."""
    s3 = boto3.client("s3")
    place = lambda url: url.removeprefix("s3://").split("/", 1)
    if target.startswith("s3://"):
        s3.upload_file(source, *place(target))
        return
    bucket, key = place(source)
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", []) if "--recursive" in rest else [{"Key": key}]
    for name in (each["Key"].removeprefix(key) for each in listed):
        if "--exclude" in rest and fnmatch.fnmatch(name, options(rest)["exclude"]):
            continue
        path = os.path.join(target, name) if name else target
        os.makedirs(os.path.dirname(path), exist_ok=True)
        s3.download_file(bucket, key + name, path)


def aws(service, operation, *rest):
    if (service, operation) == ("s3", "cp"):
        copy(*rest)
        return
    waits = operation == "wait"
    if waits:
        operation, *rest = rest
    given = options(rest)
    # Ignore `--max-items`, because the results of these commands never have more than one page.
    given.pop("max-items", None)
    client = boto3.client({"s3api": "s3"}.get(service, service), region_name=given.pop("region", None))
    query, output = given.pop("query", None), given.pop("output", "json")
    method = operation.replace("-", "_")
    if waits:
        client.get_waiter(xform_name(method)).wait(Id=given["id"])
        return
    answer = repeated(getattr(client, method), parameters(client, method, given))
    answer.pop("ResponseMetadata", None)
    found = jmespath.search(query, answer) if query else answer
    print(found if output == "text" else json.dumps(found, default=str))


def repeated(call, arguments, seconds=30):
    """Repeats a call while the service still deletes a resource in the deleted one."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call(**arguments)
        except Exception as error:
            if type(error).__name__ != "ResourceInUseException" or time.monotonic() > end:
                raise
            time.sleep(0.05)


if len(sys.argv) > 1:
    aws(*sys.argv[1:])
else:
    for line in sys.stdin.read().splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["aws"] and not re.search(r"[$`|&;<>]", line):
            aws(*words[1:])
        else:
            subprocess.run(["bash", "-e", "-c", line], stdin=subprocess.DEVNULL, check=True)
