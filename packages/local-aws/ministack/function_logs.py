"""Lets a function's process say where the log of an invocation ends.

MiniStack waits for a pause in what the process logs: 5 milliseconds after a line, and 50 where there is none; a line
that comes after a longer pause goes to another invocation. Here the process writes a mark behind each invocation, and
nobody waits.
"""

import queue
import secrets
import time

from ministack.core import lambda_runtime

MARK = f"end of invocation {secrets.token_hex(8)}"
# Of a process that ended before it wrote its mark.
LONGEST_WAIT_SECONDS = 0.25

ANSWERS = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"
ANSWERS_WITH_MARK = f"""const _answer = process.stdout.write.bind(process.stdout);
const _log = process.stderr.write.bind(process.stderr);
const _realStdoutWrite = (line) => {{
  if (!line.startsWith('{{"status":"ready"')) _log("{MARK}\\n");
  return _answer(line);
}};"""


def end_by_mark() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if script.count(ANSWERS) != 1:
        raise RuntimeError("this MiniStack starts functions in a way that packages/local-aws/ministack/function_logs.py does not know")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(ANSWERS, ANSWERS_WITH_MARK)
    wait_for_pause = lambda_runtime.Worker._drain_stderr_bounded

    def until_mark(worker, *args, **kwargs):
        if not worker.config.get("Runtime", "").startswith("nodejs"):
            return wait_for_pause(worker, *args, **kwargs)
        lines, latest = [], time.monotonic() + LONGEST_WAIT_SECONDS
        try:
            while True:
                line = worker._stderr_queue.get(timeout=max(0, latest - time.monotonic()))
                if line.endswith(MARK):
                    # What was logged without the end of a line stands before the mark.
                    rest = line.removesuffix(MARK)
                    return "\n".join([*lines, rest] if rest else lines)
                lines.append(line)
        except queue.Empty:
            return "\n".join(lines)

    lambda_runtime.Worker._drain_stderr_bounded = until_mark
