"""Starts MiniStack so that a kill loses at most a second of its state, and so that MiniStack ends with its parent.

After kill -9 of the parent, MiniStack saves its state and ends. The next MiniStack waits for this before it reads the
state, because S3 stores objects at once: a bucket whose settings are not read would be in another region.

The other modules change MiniStack, and name the tests that fail without them. This process also answers the gateway's
questions. If AUTH is set, IAM is enforced, and this process does not check calls that the gateway checks.
packages/local-aws/ministack/process.ts sets the environment variables and writes the gateway's secret to the first
line of standard input.
"""

import fcntl
import functools
import os
import signal
import sys
import threading
import time

# The lock ends with this process. Take the lock before the imports, because the module of S3 reads the objects.
data_folder = os.open(os.environ["TMPDIR"], os.O_RDONLY)
fcntl.flock(data_folder, fcntl.LOCK_EX)

import botocore.session
from ministack import app
from ministack.core import router

import alarms
import answers
import distributions
import edge_resources
import embedded_metrics
import functions
import gateway_only
import identities
import metrics
import rest_api_changes
import rest_deployments
import rest_imports
import rest_records
import saving
import schedules
import topics

# Seconds between SIGTERM and the end of this process. `stop` in packages/local-aws/ministack/process.ts waits as long.
SECONDS_TO_SAVE = 5


def end_with_parent() -> None:
    # Standard input closes when the parent process ends, even after kill -9.
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_SAVE)
    os._exit(1)


if __name__ == "__main__":
    # The parent writes the secret to standard input, because functions could read arguments and environment variables.
    secret = sys.stdin.readline().strip()
    # Share one session: MiniStack needs one at the first call of each service, and a new session takes 20 ms.
    botocore.session.get_session = functools.cache(botocore.session.get_session)
    # Treat each service name in a signature as a service of AWS. For a service that MiniStack does not have, MiniStack
    # would parse the models of all services to find out whether AWS has the service, which takes three seconds.
    router._is_aws_service_name = lambda _name: True
    alarms.leave_alarms_to_gateway()
    alarms.list_dashboards()
    identities.add_managed_policies()
    identities.refuse_long_ones()
    edge_resources.list_tagged()
    rest_deployments.keep_to_deployments()
    rest_deployments.keep_paths_encoded()
    rest_records.keep()
    rest_api_changes.apply_as_aws()
    rest_imports.put_documents()
    identities.make_role_with_tracing()
    topics.refuse_other_tags()
    topics.await_confirmation()
    distributions.serve_rest_apis()
    distributions.remove_authorization()
    distributions.refuse_others()
    embedded_metrics.read_logs()
    metrics.start()
    functions.retry()
    functions.mark_log_ends()
    functions.name_in_sessions()
    functions.finish_requests()
    schedules.look_often()
    saving.start()
    threading.Thread(target=end_with_parent, daemon=True).start()
    gateway_only.answer_gateway_only(secret)
    # Remove the variable, because functions inherit the environment.
    answers.serve(int(os.environ.pop("ANSWERS_PORT")), secret)
    if app.AUTH:
        gateway_only.leave_checked_calls()
        functions.check_policies()
        functions.leave_log_groups_to_owner()
    schedules.deliver_by_role(enforcing=app.AUTH)
    sys.argv = sys.argv[:1]
    app.main()
