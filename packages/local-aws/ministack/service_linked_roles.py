"""Creates API Gateway's service-linked role when a stage first enables X-Ray tracing in an account.

The caller needs iam:CreateServiceLinkedRole (API Gateway Developer Guide, "Using service-linked roles for API
Gateway").
"""

import json
import re

from ministack.core.responses import get_account_id
from ministack.services import apigateway_v1 as gateway
from ministack.services import iam

NAME = "AWSServiceRoleForAPIGateway"
SERVICE = "ops.apigateway.amazonaws.com"
STAGE = re.compile(r"/restapis/[^/]+/stages(/[^/]+)?/?")


def checks_of_rest_call(method: str, path: str, given: dict, account: str) -> list[tuple]:
    """Returns the additional permission for an API Gateway call that creates the role; empty if the role exists."""
    if not STAGE.fullmatch(path) or method not in ("POST", "PATCH") or not traces(given) or NAME in iam._roles:
        return []
    return [("iam:CreateServiceLinkedRole", arn(account), {"iam:AWSServiceName": SERVICE})]


def make_with_tracing() -> None:
    create_stage, update_stage = gateway._create_stage, gateway._update_stage

    def create(api, data):
        return with_role(create_stage(api, data), data)

    def update(api, stage, data):
        return with_role(update_stage(api, stage, data), data)

    gateway._create_stage, gateway._update_stage = create, update


def with_role(answer, data):
    if answer[0] < 300 and traces(data) and NAME not in iam._roles:
        trust = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
        iam._roles[NAME] = {
            "RoleName": NAME,
            "Arn": arn(get_account_id()),
            "RoleId": iam._gen_id("AROA"),
            "CreateDate": iam._now(),
            "Path": f"/aws-service-role/{SERVICE}/",
            "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            "Description": "The Service Linked Role is used by Amazon API Gateway.",
            "MaxSessionDuration": 3600,
            "AttachedPolicies": [],
            "InlinePolicies": {},
            "Tags": [],
        }
    return answer


def arn(account: str) -> str:
    return f"arn:aws:iam::{account}:role/aws-service-role/{SERVICE}/{NAME}"


def traces(data: dict) -> bool:
    """Whether a create or patch of a stage enables tracing."""
    patches = {op.get("path"): op.get("value") for op in data.get("patchOperations") or []}
    return data.get("tracingEnabled") is True or patches.get("/tracingEnabled") == "true"
