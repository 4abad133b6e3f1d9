"""Checks a function's resource policy before a service invokes the function.

MiniStack delivers events from API Gateway, SNS, EventBridge and S3 without this check. A denied event is logged and not
delivered, and API Gateway returns 500, as on AWS.
"""

import json
import logging

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import apigateway, apigateway_v1, eventbridge, lambda_svc, s3, sns

log = logging.getLogger("ministack")

# According to users, a permission with a source account has no effect for these services (hashicorp/terraform issue
# 17166, hashicorp/terraform-provider-aws pull request 4116).
WITHOUT_SOURCE_ACCOUNT = ("apigateway.amazonaws.com", "events.amazonaws.com")


def check_before_delivery() -> None:
    to_topic, to_rule, to_bucket = sns._deliver_to_lambda, eventbridge._invoke_target, s3._deliver_event_to_lambda

    def from_topic(endpoint, envelope, topic_arn, *rest):
        if allowed(endpoint, "sns.amazonaws.com", topic_arn):
            to_topic(endpoint, envelope, topic_arn, *rest)

    def from_rule(target, event, rule, *rest):
        arn = target.get("Arn", "")
        # A schedule invokes the function with the schedule's role, which schedules.py checks.
        if ":lambda:" not in arn or ":scheduler:" in rule.get("Arn", "") or allowed(arn, "events.amazonaws.com", rule.get("Arn", "")):
            to_rule(target, event, rule, *rest)

    def from_bucket(arn, payload, region):
        records = payload.get("Records") or [{}]
        if allowed(arn, "s3.amazonaws.com", records[0].get("s3", {}).get("bucket", {}).get("arn", "")):
            to_bucket(arn, payload, region)

    sns._deliver_to_lambda, eventbridge._invoke_target, s3._deliver_event_to_lambda = from_topic, from_rule, from_bucket
    apigateway_v1._invoke_lambda_proxy_v1 = from_rest_api(apigateway_v1._invoke_lambda_proxy_v1)
    apigateway_v1._invoke_lambda_custom_v1 = from_rest_api(apigateway_v1._invoke_lambda_custom_v1)
    apigateway._invoke_lambda_proxy = from_http_api(apigateway._invoke_lambda_proxy)


def from_rest_api(invoke):
    async def invoke_if_allowed(integration, api, stage, settings, resource, path, method, *rest, **more):
        where = f"{api}/{stage}/{method}{resource.get('path', path) if isinstance(resource, dict) else path}"
        if not integration.get("credentials") and not by_api(integration.get("uri", ""), where, more):
            return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
        return await invoke(integration, api, stage, settings, resource, path, method, *rest, **more)

    return invoke_if_allowed


def from_http_api(invoke):
    async def invoke_if_allowed(integration, api, stage, path, method, headers, body, query, route="$default", *rest, **more):
        # aws:SourceArn of an HTTP API ends with the route: api/stage/METHOD/path, or api/stage/$default.
        where = f"{api}/{stage}/{route.replace(' ', '')}"
        if not integration.get("credentialsArn") and not by_api(integration.get("integrationUri", ""), where, more):
            return 500, {"Content-Type": "application/json"}, json.dumps({"message": "Internal Server Error"}).encode()
        return await invoke(integration, api, stage, path, method, headers, body, query, route, *rest, **more)

    return invoke_if_allowed


def by_api(uri: str, where: str, owner: dict) -> bool:
    account, region = owner.get("owner_account_id") or get_account_id(), owner.get("owner_region") or get_region()
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(uri)
    with request_scope(account, region):
        return allowed(function, "apigateway.amazonaws.com", f"arn:aws:execute-api:{region}:{account}:{where}")


def allowed(function: str, service: str, source: str) -> bool:
    record, config, _ = lambda_svc._get_func_record_for_ref(function)
    if record is None or config is None:
        return True # MiniStack itself reports an unknown function.
    sent = {"aws:sourcearn": source}
    if service not in WITHOUT_SOURCE_ACCOUNT:
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
