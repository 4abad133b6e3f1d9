"""Writes the log events of one process of a function to one stream, as Lambda does for each execution environment.

MiniStack creates a stream for each invocation, so their number has no bound.
"""

import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

now = threading.local()


def share_streams() -> None:
    invoke, emit, any_id = lambda_runtime.Worker.invoke, lambda_svc._emit_lambda_logs, lambda_svc.new_uuid

    def invoke_and_note(worker, *args, **kwargs):
        now.worker = worker
        return invoke(worker, *args, **kwargs)

    def emit_to_stream(*args, **kwargs):
        # The thread that invoked the function also writes the log of this invocation, so it still has the `worker` (the
        # function's process). `worker` is missing if MiniStack runs the function without a process.
        worker = now.__dict__.pop("worker", None)
        if worker is not None:
            now.stream = vars(worker).setdefault("stream_id", any_id())
        return emit(*args, **kwargs)

    def stream_id() -> str:
        # Return the stream's id of the function's process at the first call after an invocation. MiniStack names the
        # log stream after this id, and uses later ids for other purposes.
        return now.__dict__.pop("stream", None) or any_id()

    lambda_runtime.Worker.invoke = invoke_and_note
    lambda_svc._emit_lambda_logs = emit_to_stream
    lambda_svc.new_uuid = stream_id
