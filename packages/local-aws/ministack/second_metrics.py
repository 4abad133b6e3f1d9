"""Sums counts and publishes them to CloudWatch once a second."""

import threading
import time

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch

PUT_EVERY_SECONDS = 1

seconds: dict = {}
seconds_lock = threading.Lock()


def add(namespace: str, name: str, unit: str, dimensions: dict, value: float, region: str | None = None) -> None:
    """Counts a value in the current account and in the given or current region."""
    key = (get_account_id(), region or get_region(), namespace, name, unit, tuple(dimensions.items()))
    with seconds_lock:
        of = seconds.get(key)
        seconds[key] = {
            "SampleCount": of["SampleCount"] + 1, "Sum": of["Sum"] + value,
            "Minimum": min(of["Minimum"], value), "Maximum": max(of["Maximum"], value),
        } if of else {"SampleCount": 1, "Sum": value, "Minimum": value, "Maximum": value}


def keep_putting() -> None:
    while True:
        time.sleep(PUT_EVERY_SECONDS)
        with seconds_lock:
            counted = dict(seconds)
            seconds.clear()
        for (account, region, namespace, name, unit, dimensions), statistics in counted.items():
            with request_scope(account, region):
                cloudwatch._store_datum(
                    namespace, name, dict(dimensions), time.time(), unit, None, None, None, statistics)


def start() -> None:
    threading.Thread(target=keep_putting, daemon=True).start()
