"""Starts MiniStack so that a kill loses at most a second of its state, and so that it ends with its parent.

Each difference from MiniStack has a file. When the gateway enforces (ANSWERS_PORT is set), this process answers the
gateway's questions, and does not check calls that the gateway checks. All settings are environment variables, which
packages/local-aws/ministack/process.ts sets.
"""

import contextvars
import hmac
import os
import signal
import sys
import threading

from ministack import app
from ministack.core import iam_evaluator

import asynchronous
import dashboards
import edge_errors
import edge_tags
import embedded_metrics
import function_logs
import function_sessions
import function_updates
import managed_policies
import metric_alarms
import object_owners
import origins
import queue_metrics
import queue_urls
import rest_api_changes
import rest_deployments
import rest_records
import saving
import schedules
import service_linked_roles

# The gateway's token on a request that it has checked.
JUDGED_HEADER = b"x-judged-by-gateway"

judged = contextvars.ContextVar("judged", default=False)


def end_with_parent() -> None:
    # The parent has the other end of standard input, which closes with the parent in every case.
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def leave_to_gateway(token: str) -> None:
    """Checks only calls without the gateway's token: of an API, of a function's URL, and past the gateway."""
    serve, judge = app.app, iam_evaluator.enforce

    async def recording(scope, receive, send):
        headers = scope.get("headers") or []
        tokens = [value for name, value in headers if name == JUDGED_HEADER]
        judged.set(any(hmac.compare_digest(each, token.encode()) for each in tokens))
        await serve({**scope, "headers": [pair for pair in headers if pair[0] != JUDGED_HEADER]}, receive, send)

    def enforce(*args, **kwargs):
        return None if judged.get() else judge(*args, **kwargs)

    app.app, iam_evaluator.enforce = recording, enforce


if __name__ == "__main__":
    metric_alarms.leave_to_gateway()
    managed_policies.add()
    dashboards.tell_times_in_seconds()
    asynchronous.invoke_asynchronously()
    edge_tags.list_tagged()
    rest_deployments.keep_to_deployments()
    rest_records.keep()
    rest_api_changes.apply_as_aws()
    service_linked_roles.make_with_tracing()
    queue_urls.readdress()
    object_owners.list_owners()
    origins.serve_rest_apis()
    edge_errors.keep()
    embedded_metrics.read_logs()
    function_logs.report_ends()
    function_sessions.record_functions()
    function_updates.end_at_leisure()
    schedules.look_often()
    queue_metrics.start()
    threading.Thread(target=saving.keep_saving, daemon=True).start()
    threading.Thread(target=end_with_parent, daemon=True).start()
    if os.environ.get("ANSWERS_PORT"):
        import answers
        import function_policies

        # Removed from the environment, which Lambda handlers inherit.
        port, token = int(os.environ.pop("ANSWERS_PORT")), os.environ.pop("GATEWAY_TOKEN")
        leave_to_gateway(token)
        function_policies.check_before_delivery()
        answers.serve(port, token)
    schedules.deliver_by_role(enforcing=app.AUTH)
    sys.argv = sys.argv[:1]
    app.main()
