"""Bounds log events and datapoints.

MiniStack keeps all of them in memory, and each save writes all of them again.
"""

import heapq
import os
import threading
import time

from ministack.services import cloudwatch, cloudwatch_logs as logs

import saving

# Limits of the local AWS: events of a log group, age of these events in days, and datapoints of a metric that are not
# yet merged. `pop` removes the environment variables, because Lambda functions inherit the environment.
MOST_LOG_EVENTS = int(os.environ.pop("LOG_EVENTS", None) or 10_000)
LOG_SECONDS = float(os.environ.pop("LOG_DAYS", None) or 14) * 86_400
MOST_DATAPOINTS = int(os.environ.pop("DATAPOINTS", None) or 2_000)

# Keep a stream for this time after its last append, even if its events are all removed, because another append may
# still be using it.
REST_SECONDS = 5
# CloudWatch also merges older datapoints, to one value for each minute (CloudWatch User Guide, "Metrics retention").
MINUTE = 60

merging = threading.Lock()
merged_counts: dict = {}
evicted_at = 0.0
evict = cloudwatch._evict_old_metrics


def start() -> None:
    cloudwatch._evict_old_metrics = evict_alone
    threading.Thread(target=keep_bounding, daemon=True).start()


def keep_bounding() -> None:
    while True:
        time.sleep(saving.SAVE_EVERY_SECONDS)
        bound_log_events()
        with merging:
            for key, points in list(cloudwatch._metrics._data.items()):
                merge_datapoints(key, points)


def evict_alone() -> None:
    # MiniStack calls this function at each PutMetricData. `evict` reads all datapoints, so call it only once a minute.
    global evicted_at
    # `evict` replaces the lists of datapoints. Without the lock, `merge_datapoints` in another thread could change
    # lists that are no longer used.
    with merging:
        if time.monotonic() - evicted_at >= MINUTE:
            evict()
            evicted_at = time.monotonic()


def bound_log_events() -> None:
    oldest = (time.time() - LOG_SECONDS) * 1000
    with logs._log_events_lock:
        for group in list(logs._log_groups._data.values()):
            bound_events_of(list(group["streams"].values()), oldest)
            remove_emptied_streams(group)
        records = logs._log_records._data
        for key in list(records)[: max(0, len(records) - MOST_LOG_EVENTS)]:
            records.pop(key, None)


def bound_events_of(streams: list, oldest: float) -> None:
    count = sum(len(stream["events"]) for stream in streams)
    first = min((stream["events"][0]["timestamp"] for stream in streams if stream["events"]), default=oldest)
    # Start to remove events only at 110 % of the limit, so that the thread does not remove a few events every second.
    if count <= MOST_LOG_EVENTS * 1.1 and first >= oldest:
        return
    times = (event["timestamp"] for stream in streams for event in stream["events"])
    since = max(oldest, heapq.nlargest(MOST_LOG_EVENTS, times)[-1])
    for stream in streams:
        stream["events"] = [event for event in stream["events"] if event["timestamp"] >= since]


def remove_emptied_streams(group: dict) -> None:
    """Removes the streams whose events are all removed. Keeps a stream that never contained an event."""
    latest = (time.time() - REST_SECONDS) * 1000
    for name, stream in list(group["streams"].items()):
        if not stream["events"] and stream["lastIngestionTime"] is not None and stream["lastIngestionTime"] < latest:
            group["streams"].pop(name, None)


def merge_datapoints(key, points: list) -> None:
    """Merges all but the newest datapoints of a metric by the minute, if there are too many."""
    if len(points) <= merged_counts.get(key, 0) + MOST_DATAPOINTS:
        return
    older = points[: -MOST_DATAPOINTS // 2]
    minutes: dict = {}
    for point in older:
        minutes.setdefault((point["Timestamp"] // MINUTE, point["Unit"]), []).append(point)
    merged = [merge(same) if len(same) > 1 else same[0] for same in minutes.values()]
    # Other threads only append to the list, so replacing its start loses no datapoint.
    points[: len(older)] = merged
    merged_counts[key] = len(merged)


def merge(points: list) -> dict:
    statistics = {name: value for name, value in cloudwatch._calc_stats(points).items() if name != "Average"}
    count = statistics.get("SampleCount", 0)
    value = statistics["Sum"] / count if count else 0.0
    return {**points[0], "Value": value, "Count": 1.0, "_stat": statistics}
