"""Checks a function's resource policy before a service invokes the function.

MiniStack delivers calls of REST APIs and messages of SNS topics without this check. A denied message is logged and not
delivered, and API Gateway returns 500, as on AWS. Other services, which the program does not use, are not checked.
"""

import logging

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import apigateway_v1, lambda_svc, sns

log = logging.getLogger("ministack")

API_GATEWAY = "apigateway.amazonaws.com"


def check_before_delivery() -> None:
    deliver_topic = sns._deliver_to_lambda

    def from_topic(endpoint, envelope, topic_arn, *rest):
        if allowed(endpoint, "sns.amazonaws.com", topic_arn):
            deliver_topic(endpoint, envelope, topic_arn, *rest)

    sns._deliver_to_lambda = from_topic
    apigateway_v1._invoke_lambda_proxy_v1 = from_rest_api(apigateway_v1._invoke_lambda_proxy_v1)


def from_rest_api(invoke):
    async def invoke_if_allowed(integration, api, stage, settings, resource, path, method, *rest, **more):
        where = f"{api}/{stage}/{method}{resource.get('path', path) if isinstance(resource, dict) else path}"
        if not by_api(integration.get("uri", ""), where, more):
            return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
        return await invoke(integration, api, stage, settings, resource, path, method, *rest, **more)

    return invoke_if_allowed


def by_api(uri: str, where: str, owner: dict) -> bool:
    account, region = owner.get("owner_account_id") or get_account_id(), owner.get("owner_region") or get_region()
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(uri)
    with request_scope(account, region):
        return allowed(function, API_GATEWAY, f"arn:aws:execute-api:{region}:{account}:{where}")


def allowed(function: str, service: str, source: str) -> bool:
    record, config, _ = lambda_svc._get_func_record_for_ref(function)
    if record is None or config is None:
        return True # MiniStack itself reports an unknown function.
    sent = {"aws:sourcearn": source}
    # According to users, a permission with a source account has no effect for API Gateway (hashicorp/terraform issue
    # 17166, hashicorp/terraform-provider-aws pull request 4116).
    if service != API_GATEWAY:
        sent["aws:sourceaccount"] = get_account_id()
    asked = EvalContext(
        principal_arn="", principal_type="Service", principal_account="", action="lambda:InvokeFunction",
        resource_arn=function if function.startswith("arn:") else config["FunctionArn"], region=get_region(),
        service_context=sent,
    )
    if evaluate_resource_policy(record.get("policy"), asked, service=service).decision == "Allow":
        return True
    log.warning("%s may not invoke %s for %s: the function's policy does not allow it", service, function, source)
    return False
