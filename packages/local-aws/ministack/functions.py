"""Runs Lambda functions as Lambda does."""

import json
import logging
import queue
import secrets
import threading
import time

from ministack.core import lambda_runtime
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import apigateway_v1, cloudwatch_logs, eventbridge, lambda_svc, sns, sts

import resources
import role_permissions

log = logging.getLogger("ministack")

API_GATEWAY = "apigateway.amazonaws.com"
# The member of a session that names the function.
SOURCE = "SourceFunctionArn"

END = f"end of invocation {secrets.token_hex(8)}"
# Maximum wait for the text END, because a process may end without writing it.
LONGEST_WAIT_SECONDS = 0.25

ANSWERS = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"
ANSWERS_WITH_END = f"""const _answer = process.stdout.write.bind(process.stdout);
const _log = process.stderr.write.bind(process.stderr);
const _realStdoutWrite = (line) => {{
  if (!line.startsWith('{{"status":"ready"')) _log("{END}\\n");
  return _answer(line);
}};"""


def mark_log_ends() -> None:
    """Waits for an end line in a log: a silent call takes 4 ms instead of 60, one that logs 7 instead of 11. MiniStack waits
    for a pause, so that a line after a longer pause belongs to the next invocation.
    Fails without it: function-processes.spec.ts: the log of each invocation contains exactly the lines of that …
    """
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(ANSWERS, ANSWERS_WITH_END)
    wait_for_pause = lambda_runtime.Worker._drain_stderr_bounded

    def until_end(worker, *args, **kwargs):
        if not worker.config.get("Runtime", "").startswith("nodejs"):
            return wait_for_pause(worker, *args, **kwargs)
        lines, latest = [], time.monotonic() + LONGEST_WAIT_SECONDS
        try:
            while True:
                line = worker._stderr_queue.get(timeout=max(0, latest - time.monotonic()))
                if line.endswith(END):
                    # If the function's last log text has no line break, END is in the same line, after this text.
                    rest = line.removesuffix(END)
                    return "\n".join([*lines, rest] if rest else lines)
                lines.append(line)
        except queue.Empty:
            return "\n".join(lines)

    lambda_runtime.Worker._drain_stderr_bounded = until_end


def leave_log_groups_to_owner() -> None:
    """Creates a function's log group only if its role may (Lambda Developer Guide, "Sending Lambda function logs to
    CloudWatch Logs"). MiniStack creates it at each invocation, also between the deletion and creation by its owner.
    Fails without it: function-processes.spec.ts: a function creates its log group only if its role may create it
    """
    emit = lambda_svc._emit_lambda_logs

    def emit_if_allowed(func: dict, *rest, **more) -> None:
        config = func.get("config") or func
        name = config["FunctionName"]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        arn = resources.log_group("CreateLogGroup", cloudwatch_logs._make_group_arn_no_star(group))
        if group in cloudwatch_logs._log_groups or role_permissions.allows(config["Role"], name, "logs:CreateLogGroup", arn):
            emit(func, *rest, **more)

    lambda_svc._emit_lambda_logs = emit_if_allowed


def name_in_sessions() -> None:
    """Records the function in its session, for the condition key lambda:SourceFunctionArn (Lambda Developer Guide, "Using
    source function ARN to control function access behavior").
    Fails without it: functions.spec.ts: a function runs on the project's Node.js with its role's permissions and lambda:SourceFunctionArn
    """
    issue = lambda_runtime.execution_credentials

    def recording(config: dict) -> dict[str, str]:
        credentials = issue(config)
        session = sts._sessions.get(credentials["AWS_ACCESS_KEY_ID"])
        if session is not None:
            session[SOURCE] = config.get("FunctionArn", "")
        return credentials

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = recording


def finish_requests() -> None:
    """Lets processes finish their requests before an update or a deletion. MiniStack kills them, and a request that
    arrived before an update can start a process with the old code after it.
    Fails without it: function-processes.spec.ts: no request fails during the updates, and afterwards the last code …
    """
    lease = lambda_runtime.acquire_worker

    def acquire_worker(name, config, code, *rest, **more):
        while True:
            worker, how = lease(name, config, code, *rest, **more)
            if worker is None or worker.code_zip == code:
                break
            retire([worker])
            release_worker(worker)
        if worker is not None:
            worker.leased_by = threading.get_ident()
        return worker, how

    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker = acquire_worker
        module.release_worker = release_worker
        module.invalidate_worker = invalidate_worker


def invalidate_worker(name: str, qualifier: str | None = None, account: str | None = None, region: str | None = None):
    wanted = (account, region, name, qualifier)
    with lambda_runtime._lock:
        keys = [key for key in lambda_runtime._workers if is_of(key.split(":"), wanted)]
        workers = [worker for key in keys for worker in lambda_runtime._workers[key]]
    retire(workers)


def is_of(key: list[str], wanted: tuple) -> bool:
    return len(key) == len(wanted) and all(want is None or part == want for part, want in zip(key, wanted))


def retire(workers: list) -> None:
    """Stops processes: idle ones and the caller's failed one at once, busy ones after their response."""
    ended = []
    with lambda_runtime._lock:
        for entries in lambda_runtime._workers.values():
            entries[:] = [worker for worker in entries if worker not in workers]
        for worker in workers:
            worker.retired = True
            if not worker.in_use or getattr(worker, "leased_by", None) == threading.get_ident():
                ended.append(worker)
    lambda_runtime.kill_workers(ended)


def release_worker(worker) -> None:
    if worker is None:
        return
    with lambda_runtime._lock:
        worker.in_use, worker.leased_by = False, None
        retired = getattr(worker, "retired", False)
    if retired:
        # End the process in another thread, so that the response does not wait for it.
        threading.Thread(target=lambda_runtime.kill_workers, args=([worker],), daemon=True).start()


def check_policies() -> None:
    """Checks a function's policy before a REST API or a topic invokes the function.
    Fails without it: rest-apis/calls.spec.ts: an API call returns 500 unless the function's policy allows this API
    """
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


class Asynchronously:
    """The Lambda module as the SNS module sees it: with asynchronous invocations."""

    _execute_function_with_config_scope = staticmethod(lambda_svc.invoke_async_with_retry)

    def __getattr__(self, name):
        return getattr(lambda_svc, name)


def retry() -> None:
    """Invokes functions for topics, rules and schedules with the function's retries and on-failure destination. MiniStack
    invokes a function once and ignores a failure.
    Fails without it: functions.spec.ts: a schedule invokes a function with its role and reports failures to SQS
    """
    sns._lambda_svc = Asynchronously()
    eventbridge._dispatch_to_lambda = from_rule_or_schedule


def from_rule_or_schedule(arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        log.warning("there is no function %s to invoke", name)
        return
    try:
        event = json.loads(payload)
    except ValueError:
        event = {"body": payload}
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), event)
