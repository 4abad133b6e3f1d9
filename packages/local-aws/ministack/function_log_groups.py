"""Creates a function's log group only if the function's role may create it, as Lambda does (Lambda Developer Guide,
"Sending Lambda function logs to CloudWatch Logs").

MiniStack creates the group at each invocation that does not find it. A function that still runs while its log group is
replaced would create the group before its owner does. With this module, the logs of such an invocation are lost.
"""

from ministack.services import cloudwatch_logs, lambda_svc

import resources
import role_permissions


def leave_to_owner() -> None:
    emit = lambda_svc._emit_lambda_logs

    def emit_if_allowed(func: dict, *rest, **more) -> None:
        config = func.get("config") or func
        name = config["FunctionName"]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        arn = resources.log_group("CreateLogGroup", cloudwatch_logs._make_group_arn_no_star(group))
        if group in cloudwatch_logs._log_groups or role_permissions.allows(config["Role"], name, "logs:CreateLogGroup", arn):
            emit(func, *rest, **more)

    lambda_svc._emit_lambda_logs = emit_if_allowed
