"""Keeps identities and their sizes as IAM does, and the size of a function's variables as Lambda does."""

import json
import re
from pathlib import Path

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import apigateway_v1 as gateway
from ministack.services import iam, lambda_svc

STORED = Path(__file__).with_name("managed_policies.json")

# For each kind of identity, the characters of all its inline policies together, and where MiniStack stores them.
INLINE = {
    "User": (2048, lambda name: iam._user_inline_policies.get(name)),
    "Group": (5120, lambda name: iam._group_inline_policies.get(name)),
    "Role": (10240, lambda name: (iam._roles.get(name) or {}).get("InlinePolicies")),
}
NAME = "AWSServiceRoleForAPIGateway"
SERVICE = "ops.apigateway.amazonaws.com"
STAGE = re.compile(r"/restapis/[^/]+/stages(/[^/]+)?/?")


def add_managed_policies() -> None:
    """Gives AWS managed policies the documents and default versions of moto 5.2.5 (moto/iam/aws_managed_policies.py), which
    were recorded from an account, and AWSDenyAll (AWS Managed Policy Reference Guide).
    Fails without it: policies.spec.ts: AmazonPersonalizeFullAccess grants the permissions of its default version v2
    """
    for name, known in json.loads(STORED.read_text()).items():
        record = iam._make_aws_managed_record(name, json.dumps(known["document"]))
        [version] = record["Versions"].values()
        record["DefaultVersionId"] = known["version"]
        record["Versions"] = {known["version"]: {**version, "VersionId": known["version"]}}
        iam._aws_managed_policies[record["Arn"]] = record


def refuse_long_ones() -> None:
    """Refuses policies above IAM's quotas, without white space and all inline policies together (IAM User Guide, "IAM and
    AWS STS quotas"), and variables above Lambda's as one JSON object (Lambda Developer Guide, "Lambda quotas").
    Fails without it: size-quotas.spec.ts: IAM refuses a managed policy above 6,144 characters
    """
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


def checks_of_rest_call(method: str, path: str, given: dict, account: str) -> list[tuple]:
    """Returns the additional permission for an API Gateway call that creates the role; empty if the role exists."""
    if not STAGE.fullmatch(path) or method not in ("POST", "PATCH") or not traces(given) or NAME in iam._roles:
        return []
    return [("iam:CreateServiceLinkedRole", arn(account), {"iam:AWSServiceName": SERVICE})]


def make_role_with_tracing() -> None:
    """Creates API Gateway's service-linked role when a stage first enables X-Ray tracing (API Gateway Developer Guide,
    "Using service-linked roles for API Gateway").
    Fails without it: enforcement/edge.spec.ts: the first stage with tracing needs iam:CreateServiceLinkedRole
    """
    create_stage, update_stage = gateway._create_stage, gateway._update_stage

    def create(api, data):
        return with_role(create_stage(api, data), data)

    def update(api, stage, data):
        return with_role(update_stage(api, stage, data), data)

    gateway._create_stage, gateway._update_stage = create, update


def with_role(answer, data):
    if answer[0] < 300 and traces(data) and NAME not in iam._roles:
        iam._create_service_linked_role({"AWSServiceName": [SERVICE]})
        made = iam._roles.pop("AWSServiceRoleForOps")
        iam._roles[NAME] = {**made, "RoleName": NAME, "Arn": arn(get_account_id())}
    return answer


def arn(account: str) -> str:
    return f"arn:aws:iam::{account}:role/aws-service-role/{SERVICE}/{NAME}"


def traces(data: dict) -> bool:
    """Whether a create or patch of a stage enables tracing."""
    patches = {op.get("path"): op.get("value") for op in data.get("patchOperations") or []}
    return data.get("tracingEnabled") is True or patches.get("/tracingEnabled") == "true"
