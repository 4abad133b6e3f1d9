"""Calls a local AWS with IAM enforcement by boto3, and prints the results as one JSON document.

Endpoint, region and the administrator's credentials come from the environment. The argument is the name of a second
user.
"""

import base64
import hashlib
import io
import json
import sys
import urllib.error
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

name = sys.argv[1]
once = {"retries": {"max_attempts": 0}}
iam = boto3.client("iam")
iam.create_user(UserName=name)
key = iam.create_access_key(UserName=name)["AccessKey"]
allowed = ["s3:*", "sts:AssumeRole", "iam:GetUser", "dynamodb:ListTables"]
statements = [
    {"Effect": "Allow", "Action": allowed, "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::of-boto3/kept"},
]
document = {"Version": "2012-10-17", "Statement": statements}
iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=json.dumps(document))


def client(service, secret=key["SecretAccessKey"], **config):
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": secret}
    return boto3.client(service, config=Config(**once, **config), **keys)


def code(call, **arguments):
    """Returns "ok", or the error code of a call."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


services = {
    "iam": "list_users", "s3": "list_buckets", "sqs": "list_queues", "sns": "list_topics", "ssm": "describe_parameters",
    "lambda": "list_functions", "dynamodb": "list_tables", "personalize": "list_schemas", "scheduler": "list_schedules",
    "cloudwatch": "list_dashboards", "budgets": "describe_budgets", "events": "list_rules", "logs": "describe_log_groups",
}
more = {"budgets": {"AccountId": "000000000000"}}


def codes(make):
    return {service: code(getattr(make(service), call), **more.get(service, {})) for service, call in services.items()}


def fetch(url, method="GET", data=None, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers or {}, method=method)) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]


def signed(query, data, kind):
    """Returns the status of an IAM call that SDKs never send."""
    url = iam.meta.endpoint_url + "/" + query
    request = AWSRequest("POST", url, data=data, headers={"Content-Type": kind})
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "iam", "eu-central-1").add_auth(request)
    return fetch(url, "POST", data, dict(request.headers.items()))[0]


def delete_batch(spelt):
    """Returns the status of DeleteObjects whose parameter is spelled differently in the request and in its signature."""
    url = s3.meta.endpoint_url + "/of-boto3?"
    body = b"<Delete><Object><Key>kept</Key></Object></Delete>"
    checksum = base64.b64encode(hashlib.md5(body).digest()).decode()
    request = AWSRequest("POST", url + "delete", data=body, headers={"Content-MD5": checksum})
    S3SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "s3", "eu-central-1").add_auth(request)
    return fetch(url + spelt, "POST", body, dict(request.headers.items()))


s3 = client("s3", signature_version="s3v4")
where = {"LocationConstraint": "eu-central-1"}
s3.create_bucket(Bucket="of-boto3", CreateBucketConfiguration=where)
odd = "ä b+c%20/(x)!'*~.txt"
s3.put_object(Bucket="of-boto3", Key=odd, Body=b"odd")
s3.put_object(Bucket="of-boto3", Key="kept", Body=b"kept")
s3.upload_fileobj(io.BytesIO(b"0123456789" * 1_200_000), "of-boto3", "parts")
link = s3.generate_presigned_url("get_object", Params={"Bucket": "of-boto3", "Key": odd}, ExpiresIn=60)
other = s3.generate_presigned_url("get_object", Params={"Bucket": "of-boto3", "Key": "parts"}, ExpiresIn=60)
form = "application/x-www-form-urlencoded"

print(json.dumps({
    "administrator": codes(lambda service: boto3.client(service)),
    "user": codes(client),
    "wrongSecret": codes(lambda service: client(service, secret="wrong")),
    "unsigned": codes(lambda service: boto3.client(service, config=Config(signature_version=UNSIGNED, **once))),
    "odd": s3.get_object(Bucket="of-boto3", Key=odd)["Body"].read().decode(),
    "parts": s3.head_object(Bucket="of-boto3", Key="parts")["ContentLength"],
    "listed": [found["Key"] for found in s3.list_objects_v2(Bucket="of-boto3", Prefix="ä b+")["Contents"]],
    "link": fetch(link),
    "linkForAnother": fetch(link.replace(link.split("?")[0], other.split("?")[0]))[0],
    "linkToPut": fetch(link, "PUT", b"x")[0],
    "linkElsewhere": fetch(link, "POST", b"{}", {"X-Amz-Target": "DynamoDB_20120810.ListTables"})[0],
    "deletions": [delete_batch("delete"), delete_batch("%64elete"), s3.head_object(Bucket="of-boto3", Key="kept")["ContentLength"]],
    "plain": signed("", b"Action=GetUser&Version=2010-05-08&UserName=" + name.encode(), form),
    "twoActions": signed("?Action=GetUser", b"Action=ListUsers&Version=2010-05-08", form),
    "noForm": signed("?Action=GetUser", b"Action=ListUsers&Version=2010-05-08", "text/plain"),
    "noSuchAction": signed("", b"Action=GetRich&Version=2010-05-08", form),
}))
