"""Refuses policies and environment variables above the quotas of IAM and Lambda. MiniStack accepts any length.

IAM counts no white space, and all inline policies of a user, group or role together (IAM User Guide, "IAM and AWS STS
quotas"). Lambda measures the variables as one JSON object (Lambda Developer Guide, "Lambda quotas").
"""

import json
import re

from ministack.core.responses import error_response_json
from ministack.services import iam, lambda_svc


# For each kind of identity, the characters of all its inline policies together, and where MiniStack stores them.
INLINE = {
    "User": (2048, lambda name: iam._user_inline_policies.get(name)),
    "Group": (5120, lambda name: iam._group_inline_policies.get(name)),
    "Role": (10240, lambda name: (iam._roles.get(name) or {}).get("InlinePolicies")),
}


def refuse_long_ones() -> None:
    for action in ("CreatePolicy", "CreatePolicyVersion"):
        iam._IAM_HANDLERS[action] = managed_within(iam._IAM_HANDLERS[action])
    for kind in INLINE:
        iam._IAM_HANDLERS[f"Put{kind}Policy"] = inline_within(kind, iam._IAM_HANDLERS[f"Put{kind}Policy"])
    lambda_svc._create_function = environment_within(lambda_svc._create_function, 0)
    lambda_svc._update_config = environment_within(lambda_svc._update_config, 1)


def length(document: str) -> int:
    return len(re.sub(r"\s", "", document))


def managed_within(handler):
    def checked(params):
        if length(iam._p(params, "PolicyDocument")) > 6144:
            return iam._error(409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144", ns="iam")
        return handler(params)

    return checked


def inline_within(kind: str, handler):
    limit, stored = INLINE[kind]

    def checked(params):
        name = iam._p(params, f"{kind}Name")
        policies = {**(stored(name) or {}), iam._p(params, "PolicyName"): iam._p(params, "PolicyDocument")}
        if sum(map(length, policies.values())) > limit:
            # AWS's message, as in HumanCellAtlas/data-store issue 1963 and danvk/mapsnap pull request 483.
            message = f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {name}"
            return iam._error(409, "LimitExceeded", message, ns="iam")
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
