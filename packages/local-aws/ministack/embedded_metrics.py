"""Publishes metrics from log lines in the embedded metric format, as CloudWatch Logs does (CloudWatch User Guide,
"Specification: Embedded metric format"). A thread reads the lines, so that logging does not wait.
Fails without it: metrics.spec.ts: a log line adds a value to each metric for each dimension set, and an invalid line …
"""

import json
import logging
import queue
import threading
import time

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch, cloudwatch_logs

log = logging.getLogger("ministack")

MOST_METRICS, MOST_VALUES, MOST_DIMENSIONS = 100, 100, 30
SECONDS_AGO, SECONDS_AHEAD = 14 * 24 * 3600, 2 * 3600

lines: queue.SimpleQueue = queue.SimpleQueue()


def read_logs() -> None:
    append = cloudwatch_logs._append_log_events

    def append_and_tell(stream, events, *rest, **more):
        for event in events:
            if '"_aws"' in event.get("message", ""):
                lines.put((get_account_id(), get_region(), event["message"]))
        return append(stream, events, *rest, **more)

    cloudwatch_logs._append_log_events = append_and_tell
    threading.Thread(target=keep_putting, daemon=True).start()


def keep_putting() -> None:
    while True:
        account, region, line = lines.get()
        try:
            with request_scope(account, region):
                for namespace, name, dimensions, moment, unit, values in metrics_of(line, time.time()):
                    cloudwatch._store_datum(namespace, name, dimensions, moment, unit, None, values, None, None)
        except Exception:  # one wrong line must not stop the others
            log.debug("a line in embedded metric format was not read", exc_info=True)


def metrics_of(line: str, now: float) -> list[tuple]:
    """Returns the metrics of a line: namespace, name, dimensions, time, unit and values.

    Returns nothing if any part is invalid.
    """
    try:
        root = json.loads(line)
        about = root["_aws"]
        moment = about["Timestamp"] / 1000
        if not now - SECONDS_AGO <= moment <= now + SECONDS_AHEAD:
            return []
        return [datum for directive in about["CloudWatchMetrics"] for datum in data_of(directive, root, moment)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def data_of(directive: dict, root: dict, moment: float) -> list[tuple]:
    namespace, metrics = directive["Namespace"], directive["Metrics"]
    if not isinstance(namespace, str) or not namespace or len(metrics) > MOST_METRICS:
        raise ValueError("namespace or metrics")
    sets = [dimensions_of(names, root) for names in directive["Dimensions"]]
    data = []
    for metric in metrics:
        values = root[metric["Name"]]
        values = values if isinstance(values, list) else [values]
        if len(values) > MOST_VALUES or any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in values):
            raise ValueError("values")
        data += [(namespace, metric["Name"], each, moment, metric.get("Unit", "None"), values) for each in sets]
    return data


def dimensions_of(names: list, root: dict) -> dict:
    dimensions = {name: root[name] for name in names}
    if len(dimensions) > MOST_DIMENSIONS or any(not isinstance(value, str) for value in dimensions.values()):
        raise ValueError("dimensions")
    return dimensions
