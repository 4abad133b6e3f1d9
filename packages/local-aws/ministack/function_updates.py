"""Lets the processes of a function finish their requests before an update or a deletion, as AWS does.

MiniStack kills them and deletes their files, even while they answer or unpack their code. A request that found the
function before the update may also start a process with the old code after it, which then stays. Here a working
process ends after its answer, and no process answers with old code.
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
    """Takes processes out of use: idle ones and the caller's failed one at once, the others after their answer."""
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
        # The answer does not wait for the end of the process.
        threading.Thread(target=lambda_runtime.kill_workers, args=([worker],), daemon=True).start()
