"""Saves MiniStack's state every second, or less often, so that saving takes at most a tenth of the time. MiniStack itself
saves only at a normal stop: a kill -9 would lose everything since the start, which Pulumi's state still contains.
Fails without it: control.spec.ts: the local AWS restarts MiniStack with its data after MiniStack was killed
"""

import json
import logging
import os
import threading
import time

from ministack import app
from ministack.core import persistence

log = logging.getLogger("persistence")
# The periodic save and the save at a stop use the same temporary file, so only one may write at a time.
writing = threading.Lock()
written: dict = {}


def save_state(service: str, state: dict) -> None:
    """Writes a changed state. json.dumps uses the C encoder, and is 2.5 times as fast as MiniStack's json.dump."""
    try:
        wrapped = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
        content = json.dumps(wrapped, default=persistence._json_default)
        path = os.path.join(persistence.STATE_DIR, f"{service}.json")
        with writing:
            if written.get(service) != hash(content):
                with open(f"{path}.tmp", "w") as file:
                    file.write(content)
                os.replace(f"{path}.tmp", path)
                written[service] = hash(content)
    except Exception as error:  # one service's failure must not stop the saving of the others
        log.error("the state of %s was not saved: %s", service, error)


def keep_saving() -> None:
    while True:
        began = time.monotonic()
        persistence.save_all(app._build_persistence_save_dict())
        time.sleep(max(1, 9 * (time.monotonic() - began)))


def start() -> None:
    load = app._load_persisted_state

    def load_and_save() -> None:
        # Save only after loading: a save before it would replace the state by an empty one.
        load()
        threading.Thread(target=keep_saving, daemon=True).start()

    os.makedirs(persistence.STATE_DIR, exist_ok=True)
    persistence.save_state, app._load_persisted_state = save_state, load_and_save
