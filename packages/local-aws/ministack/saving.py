"""Saves MiniStack's state every second.

MiniStack saves its state only at a normal stop. Large logs and metrics are saved less often, because they grow with
each call.
"""

import hashlib
import json
import logging
import os
import threading
import time

from ministack import app
from ministack.core import persistence

SAVE_EVERY_SECONDS = 1.0
# These states grow with each call. They are saved less often, so that saving takes at most a tenth of the time.
RECORDS = ("cloudwatch", "cloudwatch_logs", "cloudtrail")
SHARE_OF_RECORDS = 0.1

log = logging.getLogger("persistence")
# The periodic save and the save at a stop use the same temporary file, so only one may write at a time.
writing = threading.Lock()
digests: dict = {}


def write_changes_only() -> None:
    """Replaces MiniStack's save function, which also writes unchanged states and encodes ten times slower."""
    persistence.save_state = save_state


def save_state(service: str, state: dict) -> None:
    try:
        wrapped = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
        # json.dumps is faster than json.dump, because it uses the C encoder.
        content = json.dumps(wrapped, default=persistence._json_default).encode()
        digest = hashlib.sha256(content).digest()
        path = os.path.join(persistence.STATE_DIR, f"{service}.json")
        with writing:
            if digests.get(service) != digest or not os.path.exists(path):
                write_whole(path, content)
                digests[service] = digest
    except Exception as error:  # one service's failure must not stop the saving of the others
        log.error("the state of %s was not saved: %s", service, error)


def write_whole(path: str, content: bytes) -> None:
    """Writes a file atomically, so that a kill never leaves a partial file."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.tmp", "wb") as file:
        file.write(content)
    os.replace(f"{path}.tmp", path)


def keep_saving() -> None:
    next_records = 0.0
    while True:
        time.sleep(SAVE_EVERY_SECONDS)
        services, began = app._build_persistence_save_dict(), time.monotonic()
        records = {key: services.pop(key) for key in list(services) if app._state_map[key] in RECORDS}
        persistence.save_all(services)
        if began >= next_records:
            began = time.monotonic()
            persistence.save_all(records)
            next_records = began + (time.monotonic() - began) / SHARE_OF_RECORDS


def start() -> None:
    write_changes_only()
    threading.Thread(target=keep_saving, daemon=True).start()
