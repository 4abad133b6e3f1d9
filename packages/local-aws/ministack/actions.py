"""Derives a call's IAM action by MiniStack's own tables, so that the checked call is the one that MiniStack executes. Uses
AWS's service model (botocore) where a table is ambiguous. A call that is in neither gets no action.
Fails without it: boto3.spec.ts: a query protocol request is denied if it contains no Action, two Actions or …
"""

import functools
import re
from urllib.parse import parse_qs

from ministack.core import iam_actions as names

MODELS = {
    "elasticloadbalancing": ["elbv2"],
    "elasticmapreduce": ["emr"],
    "lambda": ["lambda"],
    "monitoring": ["cloudwatch"],
    "ses": ["ses", "sesv2"],
    "states": ["stepfunctions"],
    "tagging": ["resourcegroupstaggingapi"],
}

# Operations whose IAM action has a different name (Service Authorization Reference).
RENAMED = {
    ("lambda", "Invoke"): "InvokeFunction",
    ("lambda", "InvokeAsync"): "InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "InvokeFunction",
    ("lambda", "GetLayerVersionByArn"): "GetLayerVersion",
    ("cloudfront", "CreateDistributionWithTags"): "CreateDistribution",
    ("budgets", "DescribeBudget"): "ViewBudget",
    ("budgets", "DescribeBudgets"): "ViewBudget",
    ("budgets", "DescribeNotificationsForBudget"): "ViewBudget",
    ("budgets", "DescribeSubscribersForNotification"): "ViewBudget",
    ("budgets", "DescribeBudgetPerformanceHistory"): "ViewBudget",
    **{
        ("budgets", f"{verb}{noun}"): "ModifyBudget"
        for verb in ("Create", "Update", "Delete")
        for noun in ("Budget", "Notification", "Subscriber")
    },
}

names._BOTOCORE_SERVICE_MAP.setdefault("lambda", ["lambda"])


def action_of(service, method, path, headers, params, routing):
    """Returns the action's name without its service prefix, or None. For REST services, ignores parameters and headers."""
    if service == "apigateway":
        return method if method in ("GET", "POST", "PUT", "PATCH", "DELETE") else None
    if service == "s3":
        return names._s3_action(method, path, params)
    operations, protocols = model_of(service)
    target = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    rpc = re.fullmatch(r"/service/\w+/operation/(\w+)", path)
    given = {name for name in (target, rpc and rpc.group(1), *routing.get("Action", [])) if name}
    if all(protocol.startswith("rest") for protocol in protocols) or not given:
        given = {names._match_rest_action(service, method, path, params)}
    # If a request names several actions, return no name, because it is not defined which of these actions MiniStack
    # executes.
    name = given.pop() if len(given) == 1 else None
    return RENAMED.get((service, name), name) if name in operations else None


def says_two_things(service, headers, body, params):
    """Checks whether MiniStack might execute a different call, because it can interpret some requests in several ways.

    A body can be a form with any content type, and its parameters override those of the query. A query service also
    accepts a target header.
    """
    kind, target = headers.get("content-type", ""), "x-amz-target" in headers
    is_form = kind.startswith("application/x-www-form-urlencoded")
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True) if is_form else {}
    if "Action" not in form and "Action" not in params:
        return is_form or target and ("json" not in kind or model_of(service)[1] == {"query"})
    values = [*form.values(), *params.values()]
    return target or bool(form.keys() & params.keys()) or any(len(each) > 1 for each in values) or bool(body) and not is_form


@functools.cache
def model_of(service):
    """Returns the service's operations and protocols.

    The result is cached, because MiniStack's loader reads the whole model for each call.
    """
    known = MODELS.get(service) or names._BOTOCORE_SERVICE_MAP.get(service) or [service]
    models = [names._load_botocore_model(name) for name in known]
    operations = frozenset(name for model in models for name in model.get("operations", {}))
    return operations, frozenset(model.get("metadata", {}).get("protocol", "") for model in models)
