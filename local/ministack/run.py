"""Starts MiniStack so that a kill loses at most a second of its state, and so that it ends with its parent.

MiniStack saves its state when it is stopped in an orderly way only. This wrapper saves every second as well, by
MiniStack's own function. All settings are environment variables, which local/ministack/process.ts sets.
"""

import os
import signal
import sys
import threading
import time

from ministack import app
from ministack.core.persistence import save_all

SAVE_EVERY_SECONDS = 1.0


def keep_saving() -> None:
    while True:
        time.sleep(SAVE_EVERY_SECONDS)
        save_all(app._build_persistence_save_dict())


def end_with_parent() -> None:
    # The parent holds the other end of standard input: it closes however the parent ends.
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=keep_saving, daemon=True).start()
    threading.Thread(target=end_with_parent, daemon=True).start()
    sys.argv = sys.argv[:1]
    app.main()
