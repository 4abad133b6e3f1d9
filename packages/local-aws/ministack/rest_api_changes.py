"""Applies changes to stages, API keys and usage plans as API Gateway does, and rejects what it rejects. MiniStack ignores
tags of a create, overwrites a stage, deletes a deployment in use, and decodes the keys of method settings.
Fails without it: aws-plugin/edge.spec.ts: a stage moves to the new deployment before the old one is deleted
"""

import json

from ministack.core.responses import get_region
from ministack.services import apigateway_v1 as gateway


def apply_as_aws() -> None:
    create_stage, update_stage = gateway._create_stage, gateway._update_stage
    delete_deployment, create_plan_key = gateway._delete_deployment, gateway._create_usage_plan_key
    create_key, create_plan = gateway._create_api_key, gateway._create_usage_plan

    def create_new_stage(api, data):
        if data.get("stageName") in gateway._stages_v1.get(api, {}):
            return gateway._v1_error("ConflictException", "Stage already exists", 409)
        return tagged(create_stage(api, data), lambda made: f"/restapis/{api}/stages/{made['stageName']}")

    def update_stage_with_logs(api, stage, data):
        if logs(data.get("patchOperations", [])) and not (gateway._account_settings.get("settings") or {}).get("cloudwatchRoleArn"):
            message = "CloudWatch Logs role ARN must be set in account settings to enable logging"
            return gateway._v1_error("BadRequestException", message, 400)
        return update_stage(api, stage, data)

    def delete_idle_deployment(api, deployment):
        if any(stage.get("deploymentId") == deployment for stage in gateway._stages_v1.get(api, {}).values()):
            message = "Active stages pointing to this deployment must be moved or deleted"
            return gateway._v1_error("BadRequestException", message, 400)
        return delete_deployment(api, deployment)

    def create_new_plan_key(plan, data):
        if data.get("keyId") in gateway._usage_plan_keys.get(plan, {}):
            return gateway._v1_error("ConflictException", "Usage Plan already contains this key", 409)
        return create_plan_key(plan, data)

    gateway._create_stage, gateway._update_stage = create_new_stage, update_stage_with_logs
    gateway._delete_deployment, gateway._create_usage_plan_key = delete_idle_deployment, create_new_plan_key
    gateway._create_api_key = lambda data: tagged(create_key(data), lambda made: f"/apikeys/{made['id']}")
    gateway._create_usage_plan = lambda data: tagged(create_plan(data), lambda made: f"/usageplans/{made['id']}")
    gateway._update_usage_plan, gateway._method_throttle_settings = update_usage_plan, throttle_of
    gateway._try_apply_method_settings_patch = patch_setting


def tagged(answer, path_of):
    """Stores a create's tags under the resource's ARN."""
    if answer[0] == 201:
        made = json.loads(answer[2])
        gateway._v1_tags[f"arn:aws:apigateway:{get_region()}::{path_of(made)}"] = dict(made.get("tags") or {})
    return answer


def logs(operations: list) -> bool:
    """Whether a stage writes logs."""
    kept = {op.get("path", ""): op.get("value") for op in operations if op.get("op") != "remove"}
    return any(
        path.startswith("/accessLogSettings/") and value or path.endswith("/logging/loglevel") and value != "OFF"
        for path, value in kept.items())


VERBS = gateway._HTTP_METHOD_TOKENS


def setting_of(path: str) -> tuple[str, list[str]] | None:
    """Returns the key of a method's settings, as the patch spells it, and the rest of the path."""
    tokens = path[1:].split("/")
    if tokens[0] in gateway._STAGE_ROOT_PATH_PREFIXES:
        return None
    verb = next((at for at, token in enumerate(tokens) if at and token in VERBS), None)
    return verb and ("/".join(tokens[: verb + 1]), tokens[verb + 1 :])


def patch_setting(stage: dict, op: dict) -> bool:
    """Applies a patch to method settings. The key stays as sent: `~1a~1{b}/GET` stays encoded."""
    found = setting_of(op.get("path", ""))
    if not found:
        return False
    key, rest = found
    settings = stage.setdefault("methodSettings", {})
    if op.get("op") == "remove" and not rest:
        settings.pop(key, None)
        return True
    field = gateway._method_setting_field_from_patch(rest)
    if field is None:
        return False
    entry = settings.setdefault(key, gateway._default_method_setting_entry())
    entry[field] = gateway._parse_stage_method_setting_value(field, op.get("value"))
    return True


def throttle_of(stage: dict, resource: str, verb: str) -> dict | None:
    """Returns the settings of a method, or the settings for all methods.

    A nested path is found only by its encoded key; -1 means no throttling.
    """
    settings, encoded = stage.get("methodSettings") or {}, resource.replace("/", "~1")
    keys = [f"{encoded}/{verb}", *([f"{resource[1:]}/{verb}"] if "/" not in resource[1:] else []), "*/*"]
    entry = next((settings[key] for key in keys if key in settings), None)
    return entry and {name: None if name.startswith("throttling") and value < 0 else value for name, value in entry.items()}


NUMBERS = {"rateLimit": float, "burstLimit": int}


def update_usage_plan(plan_id: str, data: dict):
    """Applies UpdateUsagePlan's patches, in which a stage is `api:stage` and a limit is a number."""
    plan = gateway._usage_plans.get(plan_id)
    if not plan:
        return gateway._v1_error("NotFoundException", "Invalid Usage Plan identifier specified", 404)
    for op in data.get("patchOperations", []):
        keys, value = op.get("path", "").strip("/").split("/"), op.get("value")
        if keys == ["apiStages"]:
            api, _, stage = (value or "").partition(":")
            others = [known for known in plan["apiStages"] if (known["apiId"], known["stage"]) != (api, stage)]
            plan["apiStages"] = others + ([{"apiId": api, "stage": stage}] if op.get("op") == "add" else [])
        elif op.get("op") == "remove":
            plan[keys[0]] = {}
        elif len(keys) == 2 and keys[0] == "throttle":
            plan[keys[0]] = {**(plan[keys[0]] or {}), keys[1]: NUMBERS[keys[1]](value)}
        else:
            plan[keys[0]] = value
    return gateway._v1_response(plan)
