"""Applies changes to REST APIs, stages, API keys and usage plans as API Gateway does, and rejects what API Gateway
rejects.

MiniStack stores numbers and booleans as text, replaces lists when a patch adds an element, ignores the tags of a
create, overwrites an existing stage, deletes resources that are in use, and decodes the keys of method settings.
"""

import json

from ministack.core.responses import get_region
from ministack.services import apigateway_v1 as gateway


def apply_as_aws() -> None:
    create_stage, delete_deployment = gateway._create_stage, gateway._delete_deployment
    update_api, delete_plan = gateway._update_rest_api, gateway._delete_usage_plan
    answer_error, update_stage = gateway._gateway_error_response, gateway._update_stage
    update_api_key = gateway._update_api_key

    def answer_with_one_of_each_header(error, request):
        status, headers, body = answer_error(error, request)
        # A gateway response's own Content-Type replaces the default, whatever its case.
        names = {name.lower(): name for name in headers}
        return status, {name: headers[name] for name in names.values()}, body

    def create_new_stage(api, data):
        if data.get("stageName") in gateway._stages_v1.get(api, {}):
            return gateway._v1_error("ConflictException", "Stage already exists", 409)
        if api in gateway._rest_apis and data.get("deploymentId") not in gateway._deployments_v1.get(api, {}):
            return gateway._v1_error("BadRequestException", "Deployment id does not exist", 400)
        return tagged(create_stage(api, data), lambda made: f"/restapis/{api}/stages/{made['stageName']}")

    def update_stage_with_logs(api, stage, data):
        record = gateway._stages_v1.get(api, {}).get(stage) or {}
        refusal = refused_settings(record.get("methodSettings") or {}, data.get("patchOperations", []))
        if refusal:
            return gateway._v1_error("BadRequestException", refusal, 400)
        if logs(data.get("patchOperations", [])) and not (gateway._account_settings.get("settings") or {}).get("cloudwatchRoleArn"):
            message = "CloudWatch Logs role ARN must be set in account settings to enable logging"
            return gateway._v1_error("BadRequestException", message, 400)
        return update_stage(api, stage, data)

    def delete_idle_deployment(api, deployment):
        if any(stage.get("deploymentId") == deployment for stage in gateway._stages_v1.get(api, {}).values()):
            message = "Active stages pointing to this deployment must be moved or deleted"
            return gateway._v1_error("BadRequestException", message, 400)
        return delete_deployment(api, deployment)

    def update_whole_api(api, data):
        record = gateway._rest_apis.get(api)
        if record:
            media = [op for op in data.get("patchOperations", []) if op.get("path", "").startswith("/binaryMediaTypes/")]
            data = {"patchOperations": [op for op in data.get("patchOperations", []) if op not in media]}
            for op in media:
                kind = gateway._decode_json_pointer_token(op["path"].split("/", 2)[2])
                others = [other for other in record["binaryMediaTypes"] if other != kind]
                record["binaryMediaTypes"] = others + ([kind] if op.get("op") == "add" else [])
        answer = update_api(api, data)
        if not record:
            return answer
        size, closed = record.get("minimumCompressionSize"), record.get("disableExecuteApiEndpoint")
        record["minimumCompressionSize"] = int(size) if size not in (None, "") else None
        record["disableExecuteApiEndpoint"] = str(closed).lower() == "true"
        return gateway._v1_response(gateway._rest_api_view(record))

    def update_key(key, data):
        answer, record = update_api_key(key, data), gateway._api_keys.get(key)
        if not record:
            return answer
        record["enabled"] = str(record["enabled"]).lower() == "true"
        return gateway._v1_response(record)

    def delete_free_plan(plan):
        if (gateway._usage_plans.get(plan) or {}).get("apiStages"):
            message = f"Cannot delete Usage Plan {plan} because there are API Stages associated with this usage plan. Please remove all API stages from the Usage Plan and try again."
            return gateway._v1_error("BadRequestException", message, 400)
        return delete_plan(plan)

    gateway._try_apply_method_settings_patch = patch_setting
    gateway._method_throttle_settings = throttle_of
    create_plan_key = gateway._create_usage_plan_key

    def create_new_plan_key(plan, data):
        if data.get("keyId") in gateway._usage_plan_keys.get(plan, {}):
            return gateway._v1_error("ConflictException", "Usage Plan already contains this key", 409)
        return create_plan_key(plan, data)

    gateway._create_usage_plan_key = create_new_plan_key
    create_key, create_plan = gateway._create_api_key, gateway._create_usage_plan
    gateway._create_api_key = lambda data: tagged(create_key(data), lambda made: f"/apikeys/{made['id']}")
    gateway._create_usage_plan = lambda data: tagged(create_plan(data), lambda made: f"/usageplans/{made['id']}")
    gateway._create_stage, gateway._delete_deployment = create_new_stage, delete_idle_deployment
    gateway._update_stage, gateway._update_api_key = update_stage_with_logs, update_key
    gateway._update_rest_api, gateway._delete_usage_plan = update_whole_api, delete_free_plan
    gateway._update_usage_plan, gateway._gateway_error_response = update_usage_plan, answer_with_one_of_each_header


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


MOST_OPERATIONS = 80
VERBS = gateway._HTTP_METHOD_TOKENS


def setting_of(path: str) -> tuple[str, list[str]] | None:
    """Returns the key of a method's settings, as the patch spells it, and the rest of the path."""
    tokens = path[1:].split("/")
    if tokens[0] in gateway._STAGE_ROOT_PATH_PREFIXES:
        return None
    verb = next((at for at, token in enumerate(tokens) if at and token in VERBS), None)
    return verb and ("/".join(tokens[: verb + 1]), tokens[verb + 1 :])


def refused_settings(settings: dict, operations: list) -> str | None:
    """Returns why API Gateway rejects the patches: too many operations, or removal of settings that a method does not
    have.
    """
    if len(operations) > MOST_OPERATIONS:
        return f"A request has at most {MOST_OPERATIONS} patch operations"
    for op in operations:
        key, rest = setting_of(op.get("path", "")) or ("", [""])
        if op.get("op") == "remove" and not rest and key not in settings:
            return f"Cannot remove method setting {key} because there is no method setting for this method"
    return None


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


NUMBERS = {"rateLimit": float, "burstLimit": int, "limit": int, "offset": int}


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
        elif len(keys) == 2 and keys[0] in ("throttle", "quota"):
            plan[keys[0]] = {**(plan[keys[0]] or {}), keys[1]: NUMBERS.get(keys[1], str)(value)}
        else:
            plan[keys[0]] = value
    return gateway._v1_response(plan)
