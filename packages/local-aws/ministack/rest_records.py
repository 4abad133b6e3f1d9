"""Records each call of a REST API as API Gateway does: metrics (Developer Guide, "Amazon API Gateway dimensions and
metrics") and, if the stage has one, its access log ("Variables for access logging for API Gateway").
"""

import json
import logging
import re
import time
from contextvars import ContextVar
from datetime import datetime, timezone

from ministack.core.responses import get_account_id
from ministack.services import apigateway_v1 as gateway
from ministack.services import cloudwatch_logs

import second_metrics

log = logging.getLogger("ministack")

VARIABLE = re.compile(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)")

# The data of the current call: its request, its error, and when its integration started and ended.
call: ContextVar = ContextVar("call", default=None)


def keep() -> None:
    handle, execute = gateway._handle_execute_in_scope, gateway._execute_in_scope
    invoke = gateway._call_lambda_raw

    async def handle_and_record(api, stage, method, path, headers, body, query, account, region):
        known = {"began": time.time(), "integration": 0.0}
        token = call.set(known)
        try:
            status, answered, data = await handle(api, stage, method, path, headers, body, query, account, region)
        finally:
            call.reset(token)
        try:
            record_call(known, {"stage": stage, "method": method, "path": path, "headers": headers, "api": api}, status, data)
        except Exception:  # a failed record must not fail the call
            log.debug("a call of %s was not recorded", api, exc_info=True)
        return status, answered, data

    async def execute_and_keep(request, *rest):
        answer = await execute(request, *rest)
        (call.get() or {}).update(request=request, error=None if isinstance(answer, tuple) else answer)
        return answer

    async def invoke_and_measure(*args, **kwargs):
        began = time.time()
        answer = await invoke(*args, **kwargs)
        (call.get() or {}).update(integration=time.time() - began)
        return answer

    gateway._handle_execute_in_scope, gateway._execute_in_scope = handle_and_record, execute_and_keep
    gateway._call_lambda_raw = invoke_and_measure


def record_call(known: dict, asked: dict, status: int, data: bytes) -> None:
    record = gateway._rest_apis.get(asked["api"]) or {}
    stage = gateway._stages_v1.get(asked["api"], {}).get(asked["stage"])
    if not record or not stage:
        return
    latency = round((time.time() - known["began"]) * 1000)
    values = {
        "Count": ("Count", 1), "4XXError": ("Count", int(400 <= status < 500)), "5XXError": ("Count", int(status >= 500)),
        "Latency": ("Milliseconds", latency), "IntegrationLatency": ("Milliseconds", round(known["integration"] * 1000)),
    }
    for dimensions in ({"ApiName": record["name"]}, {"ApiName": record["name"], "Stage": asked["stage"]}):
        for name, (unit, value) in values.items():
            second_metrics.add("AWS/ApiGateway", name, unit, dimensions, value)
    settings = stage.get("accessLogSettings") or {}
    if settings.get("destinationArn"):
        write(settings, variables(known, asked, status, data, latency))


def variables(known: dict, asked: dict, status: int, data: bytes, latency: int) -> dict:
    request, error, headers = known.get("request") or {}, known.get("error"), asked["headers"]
    began = datetime.fromtimestamp(known["began"], timezone.utc)
    length = len(data) if isinstance(data, bytes) else 0
    return {
        "requestId": request.get("request_id"), "extendedRequestId": request.get("request_id"),
        "accountId": get_account_id(), "apiId": asked["api"], "stage": asked["stage"], "protocol": "HTTP/1.1",
        "httpMethod": asked["method"], "path": f"/{asked['stage']}{asked['path']}",
        "resourcePath": request.get("resource_path"), "status": status, "responseLength": length,
        "requestTime": began.strftime("%d/%b/%Y:%H:%M:%S +0000"), "requestTimeEpoch": int(known["began"] * 1000),
        "responseLatency": latency, "integrationLatency": round(known["integration"] * 1000),
        "integration.latency": round(known["integration"] * 1000), "domainName": headers.get("host"),
        "identity.sourceIp": str(headers.get("x-forwarded-for", "127.0.0.1")).split(",")[0].strip(),
        "identity.userAgent": headers.get("user-agent"),
        "error.message": error and error.message, "error.responseType": error and error.response_type,
        "error.messageString": error and json.dumps(error.message),
    }


def write(settings: dict, values: dict) -> None:
    group = cloudwatch_logs._log_groups.get(settings["destinationArn"].split(":log-group:", 1)[-1].removesuffix(":*"))
    if group is None:
        log.warning("the access log %s is not a log group", settings["destinationArn"])
        return
    line = VARIABLE.sub(lambda found: text(values.get(found.group(1))), settings.get("format") or "")
    now = int(time.time() * 1000)
    stream = group["streams"].setdefault(f"{values['apiId']}-{values['stage']}", {
        "events": [], "uploadSequenceToken": "1", "creationTime": now,
        "firstEventTimestamp": None, "lastEventTimestamp": None, "lastIngestionTime": None,
    })
    cloudwatch_logs._append_log_events(stream, [{"timestamp": now, "message": line, "ingestionTime": now}])


def text(value) -> str:
    return "-" if value is None else str(value)
