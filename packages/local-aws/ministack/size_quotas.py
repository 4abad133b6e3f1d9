"""Refuses policies and environment variables above the quotas of IAM and Lambda. MiniStack accepts any length.

IAM counts no white space, and all inline policies of a role together (IAM User Guide, "IAM and AWS STS quotas"). Lambda
measures the variables as one JSON object (Lambda Developer Guide, "Lambda quotas").
"""

import json
import re

from ministack.core.responses import error_response_json
from ministack.services import iam, lambda_svc


def refuse_long_ones() -> None:
    for action in ("CreatePolicy", "CreatePolicyVersion", "PutRolePolicy"):
        iam._IAM_HANDLERS[action] = policy_within(action, iam._IAM_HANDLERS[action])
    lambda_svc._create_function = environment_within(lambda_svc._create_function, 0)
    lambda_svc._update_config = environment_within(lambda_svc._update_config, 1)


def length(document: str) -> int:
    return len(re.sub(r"\s", "", document))


def policy_within(action: str, handler):
    def checked(params):
        total, limit = length(iam._p(params, "PolicyDocument")), 6144
        if action == "PutRolePolicy":
            role = iam._roles.get(iam._p(params, "RoleName")) or {"InlinePolicies": {}}
            others = {**role["InlinePolicies"], iam._p(params, "PolicyName"): ""}
            total, limit = total + sum(map(length, others.values())), 10240
        if total > limit:
            return iam._error(409, "LimitExceeded", f"Cannot exceed quota for PolicySize: {limit}", ns="iam")
        return handler(params)

    return checked


def environment_within(handler, position: int):
    def checked(*args):
        variables = (args[position].get("Environment") or {}).get("Variables") or {}
        measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
        if len(measured.encode()) > 4096:
            message = (
                "Lambda was unable to configure your environment variables because the environment variables you have "
                f"provided exceeded the 4KB limit. String measured: {measured}"
            )
            return error_response_json("InvalidParameterValueException", message, 400)
        return handler(*args)

    return checked
