"""Starts MiniStack so that a kill loses at most a second of its state, and so that it ends with its parent.

Each difference from MiniStack has a file. When the gateway enforces (ANSWERS_PORT is set), this process answers the
gateway's questions, and does not check calls that the gateway checks. Settings are environment variables, which
packages/local-aws/ministack/process.ts sets. The gateway's secret is the first line of standard input.
"""

import os
import signal
import sys
import threading

from ministack import app

import asynchronous
import compression
import dashboards
import edge_authorization
import edge_errors
import edge_tags
import embedded_metrics
import function_logs
import function_sessions
import function_updates
import gateway_only
import managed_policies
import metric_alarms
import object_keys
import object_owners
import page_owner
import origins
import queue_metrics
import queue_urls
import rest_api_changes
import rest_deployments
import rest_records
import saving
import schedules
import second_metrics
import service_linked_roles
import topics
import unknown_distributions
import use_metrics


def end_with_parent() -> None:
    # The parent has the other end of standard input, which closes with the parent in every case.
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    # The parent's first line: Lambda handlers could read arguments and the environment.
    secret = sys.stdin.readline().strip()
    metric_alarms.leave_to_gateway()
    managed_policies.add()
    dashboards.write_times_in_seconds()
    asynchronous.invoke_asynchronously()
    edge_tags.list_tagged()
    rest_deployments.keep_to_deployments()
    page_owner.identify()
    rest_records.keep()
    # After the records: an access log has the bytes before compression.
    compression.compress()
    rest_api_changes.apply_as_aws()
    service_linked_roles.make_with_tracing()
    queue_urls.readdress()
    topics.refuse_other_tags()
    object_keys.refuse_long_ones()
    object_owners.list_owners()
    origins.serve_rest_apis()
    edge_errors.keep()
    edge_authorization.remove()
    unknown_distributions.refuse()
    embedded_metrics.read_logs()
    use_metrics.count()
    second_metrics.start()
    function_logs.report_ends()
    function_sessions.record_functions()
    function_updates.end_at_leisure()
    schedules.look_often()
    queue_metrics.start()
    saving.start()
    threading.Thread(target=end_with_parent, daemon=True).start()
    gateway_only.answer_gateway_only(secret)
    if os.environ.get("ANSWERS_PORT"):
        import answers
        import function_policies

        gateway_only.leave_checked_calls()
        function_policies.check_before_delivery()
        # Removed from the environment, which Lambda handlers inherit.
        answers.serve(int(os.environ.pop("ANSWERS_PORT")), secret)
    schedules.deliver_by_role(enforcing=app.AUTH)
    sys.argv = sys.argv[:1]
    app.main()
