"""Records each call of a REST API as API Gateway does: metrics (Developer Guide, "Amazon API Gateway dimensions and metrics")
and the stage's access log, with the variables that the program's format has ("Variables for access logging").
Fails without it: rest-apis/records.spec.ts: a call adds one line to the access log, and metrics for the API and …
"""

import logging
import re
import time
from contextvars import ContextVar

from ministack.services import apigateway_v1 as gateway
from ministack.services import cloudwatch_logs

import metrics

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
            record_call(known, api, stage, method, status, len(data) if isinstance(data, bytes) else 0)
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


def record_call(known: dict, api: str, stage: str, method: str, status: int, length: int) -> None:
    record, settings = gateway._rest_apis.get(api), gateway._stages_v1.get(api, {}).get(stage)
    if not record or not settings:
        return
    latency, integration = round((time.time() - known["began"]) * 1000), round(known["integration"] * 1000)
    for dimensions in ({"ApiName": record["name"]}, {"ApiName": record["name"], "Stage": stage}):
        for name, unit, value in (
            ("Count", "Count", 1), ("4XXError", "Count", int(400 <= status < 500)), ("5XXError", "Count", int(status >= 500)),
            ("Latency", "Milliseconds", latency), ("IntegrationLatency", "Milliseconds", integration),
        ):
            metrics.add("AWS/ApiGateway", name, unit, dimensions, value)
    request, error = known.get("request") or {}, known.get("error")
    write(settings.get("accessLogSettings") or {}, f"{api}-{stage}", {
        "requestId": request.get("request_id"), "extendedRequestId": request.get("request_id"), "httpMethod": method,
        "resourcePath": request.get("resource_path"), "status": status, "responseLength": length,
        "requestTimeEpoch": int(known["began"] * 1000), "responseLatency": latency, "integrationLatency": integration,
        "error.responseType": error and error.response_type,
    })


def write(settings: dict, stream_name: str, values: dict) -> None:
    if not settings.get("destinationArn"):
        return
    group = cloudwatch_logs._log_groups.get(settings["destinationArn"].split(":log-group:", 1)[-1].removesuffix(":*"))
    if group is None:
        log.warning("the access log %s is not a log group", settings["destinationArn"])
        return
    found = lambda variable: values.get(variable.group(1))
    line = VARIABLE.sub(lambda one: "-" if found(one) is None else str(found(one)), settings.get("format") or "")
    now = int(time.time() * 1000)
    stream = group["streams"].setdefault(stream_name, {
        "events": [], "uploadSequenceToken": "1", "creationTime": now,
        "firstEventTimestamp": None, "lastEventTimestamp": None, "lastIngestionTime": None,
    })
    cloudwatch_logs._append_log_events(stream, [{"timestamp": now, "message": line, "ingestionTime": now}])
