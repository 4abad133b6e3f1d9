"""Derives a call's IAM actions, resources, condition keys and resource policy, with MiniStack's own router and tables, so
that the checked call is the one that MiniStack executes.
Fails without it: policies.spec.ts: a user with one permission is denied all other actions, with AWS's error message
"""

import json
import re
from urllib.parse import parse_qs, unquote

from ministack import app
from ministack.core import iam_actions as names
from ministack.core.iam_evaluator import _resource_policy
from ministack.core.responses import request_scope
from ministack.core.router import detect_service
from ministack.services import cloudwatch, iam, s3, tagging

import actions
import edge_resources
import identities
import parameter_keys
import resources
import table_keys

# Paths that MiniStack answers without its router. For these paths, the operation that the router returns is wrong.
BEFORE_ROUTER = re.compile(r"/(_|iceberg|oauth2|logout|login|graphql|v20180820|WriteGetObjectResponse)")

# The additional action that a create call with tags needs (Service Authorization Reference, dependent actions; IAM,
# "Tagging IAM resources").
TAGGING = {
    "budgets:ModifyBudget": "budgets:TagResource",
    "cloudfront:CreateDistribution": "cloudfront:TagResource",
    "cloudtrail:CreateTrail": "cloudtrail:AddTags",
    "cloudwatch:PutCompositeAlarm": "cloudwatch:TagResource",
    "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
    "dynamodb:CreateTable": "dynamodb:TagResource",
    "events:PutRule": "events:TagResource",
    "iam:CreateInstanceProfile": "iam:TagInstanceProfile",
    "iam:CreateOpenIDConnectProvider": "iam:TagOpenIDConnectProvider",
    "iam:CreatePolicy": "iam:TagPolicy",
    "iam:CreateRole": "iam:TagRole",
    "iam:CreateUser": "iam:TagUser",
    "kms:CreateKey": "kms:TagResource",
    "lambda:CreateFunction": "lambda:TagResource",
    "logs:CreateLogGroup": "logs:TagResource",
    "scheduler:CreateScheduleGroup": "scheduler:TagResource",
    "secretsmanager:CreateSecret": "secretsmanager:TagResource",
    "sns:CreateTopic": "sns:TagResource",
    "sqs:CreateQueue": "sqs:TagQueue",
    "ssm:PutParameter": "ssm:AddTagsToResource",
    "states:CreateStateMachine": "states:TagResource",
}

# A policy that denies everything. It replaces the bucket's policy for an object that another account owns.
CLOSED = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
})

def describe(call: dict, body: bytes) -> dict:
    """Returns the service and the checks of `call`, which has method, target, headers, region and account.

    An unknown call has no checks.
    """
    path, _, query = call["target"].partition("?")
    path, params = unquote(path), parse_qs(query, keep_blank_values=True)
    method, headers, account, region = call["method"], call["headers"], call["account"], call["region"]
    with request_scope(account, region):
        bucket = app._extract_s3_vhost_bucket(headers.get("host", ""))
        if bucket and not app._S3_VHOST_EXCLUDE_RE.search(headers["host"]) and bucket not in app._NON_S3_VHOST_NAMES:
            path, routing, service = f"/{bucket}{path}", params, "s3"
        else:
            routing = app._routing_params(method, path, headers, body, params)
            service = detect_service(method, path, headers, routing)
            body = body if service == "s3" else app._decompress_request_body(body, headers)
            routing = app._routing_params(method, path, headers, body, params)
        prefix = names.SERVICE_TO_IAM_NAMESPACE.get(service)
        action = actions.action_of(service, method, path, headers, params, routing)
        elsewhere = BEFORE_ROUTER.match(path) or app._is_ecr_registry_path(path)
        if elsewhere or service != "s3" and actions.says_two_things(service, headers, body, params):
            action = None
        if prefix is None or action is None:
            return {"service": service, "checks": []}
        action = f"{prefix}:{action}"
        if service == "s3":
            checks = s3_checks(action, method, path, headers, body, params)
        else:
            checks = other_checks(service, action, method, path, headers, body, routing, region, account)
            checks += [
                (TAGGING[name], arn.removesuffix(":log-stream:"), context)
                for name, arn, context in checks
                if name in TAGGING and context.get("aws:TagKeys")
            ]
        named = [completed(service, *check, account) for check in checks]
        if service == "s3" and closed_by_its_owner(action, path):
            named = [{**check, "policy": CLOSED} for check in named]
        if service == "ssm":
            named += parameter_keys.decryptions(json_of(body), region, account)
        return {"service": service, "checks": named}


def s3_checks(action, method, path, headers, body, params):
    sent = s3._merge_hoisted_amz_headers(headers, params)
    resource = names.extract_resource_arn("s3", method, path, sent, body, params, "", "")
    context = names.s3_service_context(action, params, path, sent)
    also = names.s3_additional_checks(method, path, sent, body, params)
    return [(action, resource, context)] + [(name, arn, {}) for name, arn in also]


def closed_by_its_owner(action, path):
    """Checks whether the object belongs to another account that did not grant the bucket's owner access (S3 User Guide,
    "Controlling ownership of objects").

    No policy of the bucket's account allows access to such an object.
    """
    bucket, _, key = path.lstrip("/").partition("/")
    found = s3._buckets.get(bucket)
    if action not in ("s3:GetObject", "s3:GetObjectAcl") or not key or not found or s3._bucket_owner_enforced(found):
        return False
    acl = s3._object_acl.get((bucket, key, s3._resolve_subresource_version({}, found, key)))
    owners = [each for each, _ in s3._acl_grants(acl, "ID")]
    return bool(owners) and s3._canonical_owner_id() not in owners


def other_checks(service, action, method, path, headers, body, routing, region, account):
    resource = names.extract_resource_arn(service, method, path, headers, body, routing, region, account)
    context = names.request_tag_context(service, action, body, routing)
    if service == "dynamodb":
        context = {**context, **table_keys.condition_keys(json_of(body), names.dynamodb_service_context(body))}
        single = names.dynamodb_transaction_checks(action, body, region, account)
        if single:
            return [(item, arn, context) for item, arn in single]
        tagged = json_of(body).get("ResourceArn")
        arns = [tagged] if tagged else names.dynamodb_resource_arns(body, region, account)
        return [(action, arn, context) for arn in arns or [resource]]
    if service == "events":
        return [(action, arn, context) for arn in names.eventbridge_resource_arns(body, region, account) or [resource]]
    if service == "logs":
        operation = action.split(":", 1)[1]
        context = {**context, **(names.logs_service_context(operation, body, resource, region, account) or {})}
        resource = resources.log_group(operation, resource, json_of(body).get("logStreamName", ""))
    if service == "ssm":
        given = json_of(body)
        # A call with a path needs permission on the path, and a call with names needs it on each parameter (Systems
        # Manager User Guide, "How Parameter Store authorizes parameter retrieval").
        asked = [given["Path"]] if "Path" in given else given.get("Names") or []
        arns = [f"arn:aws:ssm:{region}:{account}:parameter/{str(name).lstrip('/')}" for name in asked]
        return [(action, arn, context) for arn in arns or [resource]]
    if service == "cloudfront":
        context = {**context, **edge_resources.xml_tags(body)}
        return [(action, edge_resources.of_distributions(method, path, routing, account), context)]
    if service == "apigateway":
        given = json_of(body)
        context = {**context, **edge_resources.tags_of_rest_call(method, path, given, routing)}
        return [
            (action, resource, context),
            *edge_resources.tagging_of_new(method, path, resource, context),
            *edge_resources.change_by_tagging(method, path),
            *identities.checks_of_rest_call(method, path, given, account),
        ]
    if service == "iam":
        boundary = routing.get("PermissionsBoundary", [""])[0]
        context = {**context, **({"iam:PermissionsBoundary": boundary} if boundary else {})}
        policy = routing.get("PolicyArn", [""])[0]
        context = {**context, **({"iam:PolicyARN": policy} if policy and not resource.endswith(policy) else {})}
        resource = routing.get("PolicySourceArn", [resource])[0]
    if service == "lambda" and action.endswith(("AddPermission", "RemovePermission")):
        principal = json_of(body).get("Principal")
        context = {**context, **({"lambda:Principal": principal} if isinstance(principal, str) else {})}
    if service == "monitoring":
        space = routing.get("Namespace", [""])[0] or json_of(body).get("Namespace")
        context = {**context, **({"cloudwatch:namespace": space} if space else {})}
        if action.endswith("Alarm"):
            context = {**context, **resources.alarm_actions(routing, json_of(body))}
        resource = routing.get("ResourceARN", [""])[0] or json_of(body).get("ResourceARN") or resource
    if service == "budgets" and resource in ("", "*"):
        given = json_of(body)
        budget = given.get("BudgetName") or (given.get("Budget") or given.get("NewBudget") or {}).get("BudgetName")
        resource = f"arn:aws:budgets::{account}:budget/{budget}" if budget else "*"
    context = {**context, **resources.tags_given(service, json_of(body))}
    named = resources.named(service, action.split(":", 1)[1], path, routing, json_of(body), region, account)
    return [(action, arn, context) for arn in named or [resource]]


def completed(service, action, resource, context, account):
    """Returns a check with the resource's current tags and policy."""
    context = {key: value for key, value in context.items() if value is not None}
    kind, _, name = resource.rpartition(":")[2].partition("/")
    store = {"role": iam._roles, "user": iam._users}.get(kind) if service in ("iam", "sts") else None
    held = (store.get_scoped(account, None, name.rsplit("/", 1)[-1]) or {}) if store is not None else {}
    tags = {tag["Key"]: tag["Value"] for tag in held.get("Tags") or []} if held else tagging.resource_tags(resource)
    tags = edge_resources.own_tags(service, resource) if service in ("apigateway", "cloudfront") else tags
    # Read the tags of alarms from MiniStack's CloudWatch, because its tagging API does not return them.
    tags = cloudwatch._resource_tags.get(resource) if service == "monitoring" else tags
    for key, value in (tags or {}).items():
        context.setdefault(f"aws:ResourceTag/{key}", value)
        # Roles and users also have this key (Service Authorization Reference, IAM and STS).
        if store is not None:
            context.setdefault(f"iam:ResourceTag/{key}", value)
    # If a call changes a user or role, iam:PermissionsBoundary is the boundary before the change. A new user or role
    # has none before the call.
    if service == "iam" and action not in ("iam:CreateRole", "iam:CreateUser") and held.get("PermissionsBoundary"):
        context.setdefault("iam:PermissionsBoundary", held["PermissionsBoundary"])
    policy = (_resource_policy(service, resource) or ("",))[0]
    if action == "sts:AssumeRole":
        policy = held.get("AssumeRolePolicyDocument", "")
    return {"action": action, "resource": resource, "context": context, "policy": policy or None}


def json_of(body: bytes) -> dict:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
