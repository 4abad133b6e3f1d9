"""Invokes functions asynchronously for SNS topics, EventBridge rules and schedules, as AWS does: with the function's
retries and its on-failure destination.

MiniStack invokes a function once and ignores a failure.
"""

import json
import logging

from ministack.services import eventbridge, lambda_svc, sns

log = logging.getLogger("ministack")


class Asynchronously:
    """The Lambda module as the SNS module sees it: with asynchronous invocations."""

    _execute_function_with_config_scope = staticmethod(lambda_svc.invoke_async_with_retry)

    def __getattr__(self, name):
        return getattr(lambda_svc, name)


def invoke_asynchronously() -> None:
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
