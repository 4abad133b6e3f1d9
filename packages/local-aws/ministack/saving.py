"""Saves MiniStack's state every second, by MiniStack's own function, which it calls only at a normal stop.

Logs and metrics grow with each call: many of them are saved less often, because saving would take all of the time.
"""

import time

from ministack import app
from ministack.core.persistence import save_all

SAVE_EVERY_SECONDS = 1.0
# These grow with each call: saving them takes at most a tenth of the time.
RECORDS = ("cloudwatch", "cloudwatch_logs", "cloudtrail")
SHARE_OF_RECORDS = 0.1


def keep_saving() -> None:
    next_records = 0.0
    while True:
        time.sleep(SAVE_EVERY_SECONDS)
        services, began = app._build_persistence_save_dict(), time.monotonic()
        records = {key: services.pop(key) for key in list(services) if app._state_map[key] in RECORDS}
        save_all(services)
        if began >= next_records:
            began = time.monotonic()
            save_all(records)
            next_records = began + (time.monotonic() - began) / SHARE_OF_RECORDS
