"""Marks the end of each invocation in a function's log.

MiniStack waits for a pause in the log, 5 ms after a line or 50 ms without a line, so that a line after a longer pause
belongs to the next invocation. With this module, the process writes an end line after each invocation, and MiniStack
waits for this line.
"""

import queue
import secrets
import time

from ministack.core import lambda_runtime

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


def report_ends() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if script.count(ANSWERS) != 1:
        raise RuntimeError("packages/local-aws/ministack/function_logs.py does not support this version of MiniStack: the code that starts functions differs")
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
