"""Returns the resources of calls for which MiniStack's tables have `*` but IAM has a resource (Service Authorization
Reference). Without them, a policy that names resources would never allow such a call.
Fails without it: resources.spec.ts: calls that name an alarm, dashboard, trail, budget or function need permission on …
"""

from urllib.parse import unquote


def values_of(name: str, routing: dict, given: dict) -> list[str]:
    """Returns a parameter's values: one value, a list, or numbered members of a form."""
    members = [value for key, found in routing.items() if key.startswith(f"{name}.member.") for value in found]
    found = given.get(name) or routing.get(name) or members
    return [str(value) for value in (found if isinstance(found, list) else [found])]


def alarm_actions(routing: dict, given: dict) -> dict:
    """Returns the condition key with an alarm's actions in all states; none for an alarm without actions (CloudWatch
    User Guide, "Using condition keys to limit alarm actions").
    """
    lists = ("AlarmActions", "OKActions", "InsufficientDataActions")
    found = [value for name in lists for value in values_of(name, routing, given)]
    return {"cloudwatch:AlarmActions": found} if found else {}


def log_group(operation: str, group: str, stream: str = "") -> str:
    """Returns the ARN that an operation of CloudWatch Logs is checked on: for tags that of the group, for others one
    that only a policy's ARN with `:*` matches (CloudWatch Logs User Guide, "CloudWatch Logs resources and operations").
    """
    return group if "Tag" in operation or group == "*" else f"{group}:log-stream:{stream}"


def named(service: str, operation: str, path: str, routing: dict, given: dict, region: str, account: str) -> list[str]:
    """Returns the ARNs of a call, each of which is checked; None if MiniStack's own result is correct."""

    def values(name: str) -> list[str]:
        return values_of(name, routing, given)

    def arns(kind: str, names: list[str], where: str = region) -> list[str]:
        return [f"arn:aws:{kind.split(':')[0]}:{where}:{account}:{kind.split(':', 1)[1]}{name}" for name in names]

    if service == "lambda":
        if operation == "CreateFunction":
            return arns("lambda:function:", values("FunctionName"))
        return [unquote(path.split("/tags/", 1)[1])] if "/tags/" in path else []
    if service == "monitoring":
        if operation in ("DeleteAlarms", "EnableAlarmActions", "DisableAlarmActions"):
            return arns("cloudwatch:alarm:", values("AlarmNames"))
        if operation == "SetAlarmState":
            return arns("cloudwatch:alarm:", values("AlarmName"))
        if operation == "DeleteDashboards":
            return arns("cloudwatch:dashboard/", values("DashboardNames"), "")
        if operation in ("GetDashboard", "PutDashboard"):
            return arns("cloudwatch:dashboard/", values("DashboardName"), "")
    if service == "cloudtrail" and operation in ("AddTags", "RemoveTags", "ListTags"):
        return values("ResourceIdList" if operation == "ListTags" else "ResourceId")
    if service == "budgets" and operation in ("TagResource", "UntagResource", "ListTagsForResource"):
        return values("ResourceARN")
    if service == "sns" and operation in ("TagResource", "UntagResource", "ListTagsForResource"):
        return values("ResourceArn")
    return []


def tags_given(service: str, given: dict) -> dict:
    """Returns the condition keys of a create's tags if MiniStack does not know the member."""
    tags = given.get({"budgets": "ResourceTags", "cloudtrail": "TagsList", "monitoring": "Tags"}.get(service, ""))
    pairs = {tag["Key"]: str(tag.get("Value", "")) for tag in tags or [] if isinstance(tag, dict) and "Key" in tag}
    if not pairs:
        return {}
    return {**{f"aws:RequestTag/{key}": value for key, value in pairs.items()}, "aws:TagKeys": list(pairs)}
