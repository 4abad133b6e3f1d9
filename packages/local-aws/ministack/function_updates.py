"""Lets a function's processes finish their requests before an update or a deletion, as Lambda does.

MiniStack kills the processes and deletes their files at once. A request that arrived before the update can
also start a process with old code after it. With this module, a busy process ends after its response, and no new
process runs old code.
"""

import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc


def end_at_leisure() -> None:
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
