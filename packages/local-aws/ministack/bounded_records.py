"""Bounds log events and datapoints, and appends log events to a journal.

MiniStack keeps all of them in memory, and each save writes all of them again. A kill loses no acknowledged log event,
because each event is in the journal before the response is sent.
"""

import heapq
import json
import os
import threading
import time
import types
import uuid

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch, cloudwatch_logs as logs

import saving

# Limits of the local AWS: events of a log group, age of these events in days, and datapoints of a metric that are not
# yet merged. `pop` removes the environment variables, because Lambda functions inherit the environment.
MOST_LOG_EVENTS = int(os.environ.pop("LOG_EVENTS", None) or 10_000)
LOG_SECONDS = float(os.environ.pop("LOG_DAYS", None) or 14) * 86_400
MOST_DATAPOINTS = int(os.environ.pop("DATAPOINTS", None) or 2_000)

# The journal is rewritten when it is larger than this size and twice as large as the events that are kept.
SMALLEST_JOURNAL = 4 * 1024 * 1024
# Keep a stream for this time after its last append, even if its events are all removed, because another append may
# still be using it.
REST_SECONDS = 5
# CloudWatch also merges older datapoints, to one value for each minute (CloudWatch User Guide, "Metrics retention").
MINUTE = 60

writing = threading.RLock()
merging = threading.Lock()
live_bytes = 0
merged_counts: dict = {}
evicted_at = 0.0
evict = cloudwatch._evict_old_metrics
whole_state = logs.get_state
append, restore = logs._append_log_events, logs.load_persisted_state
forget_group, forget_stream = logs._forget_log_records_for_group, logs._forget_log_records_for_stream


def start() -> None:
    logs._append_log_events = append_to_journal
    logs.load_persisted_state = restore_with_journal
    logs._forget_log_records_for_group = forget_whole_group
    logs._forget_log_records_for_stream = forget_one_stream
    cloudwatch._evict_old_metrics = evict_alone
    logs.get_state = state_without_events
    if not os.path.exists(os.path.join(persistence.STATE_DIR, "cloudwatch_logs.json")):
        # MiniStack restores only services that have a state file. Save one at the start, because MiniStack may be
        # killed before its first save.
        saving.save_state("cloudwatch_logs", logs.get_state())
    threading.Thread(target=keep_bounding, daemon=True).start()


def journal() -> str:
    return os.path.join(persistence.STATE_DIR, "log_events.jsonl")


def write(*lines: dict) -> None:
    with open(journal(), "ab", buffering=0) as file:
        file.write("".join(f"{json.dumps(line)}\n" for line in lines).encode())


def append_to_journal(stream, events, *rest, **more):
    with writing:
        result = append(stream, events, *rest, **more)
        if events and "journal" not in stream:
            described = next((each for each in described_streams() if each[1] is stream), None)
            if described:
                stream["journal"] = uuid.uuid4().hex
                write(header(*described))
        if events and "journal" in stream:
            write({"journal": stream["journal"], "events": events})
    return result


def described_streams():
    """Yields the address of each stream, the stream and its group."""
    for (account, region, group_name), group in list(logs._log_groups._data.items()):
        for name, stream in list(group["streams"].items()):
            yield [account, region, group_name, name], stream, group


def header(address: list, stream: dict, group: dict) -> dict:
    """Returns a line that creates a stream, and its group, if the saved state does not have them yet."""
    return {"at": address, "stream": {**stream, "events": []}, "group": {**group, "streams": {}}}


def forget_whole_group(name: str) -> None:
    forget(name)
    forget_group(name)


def forget_one_stream(group: str, name: str) -> None:
    forget(group, name)
    forget_stream(group, name)


def forget(*names: str) -> None:
    with writing:
        write({"deleted": [logs.get_account_id(), logs.get_region(), *names]})


def state_without_events() -> dict:
    with writing:
        groups = AccountRegionScopedDict()
        for key, group in logs._log_groups._data.items():
            streams = {name: {**stream, "events": []} for name, stream in group["streams"].items()}
            groups._data[key] = {**group, "streams": streams}
    return types.FunctionType(whole_state.__code__, {**vars(logs), "_log_groups": groups})()


def restore_with_journal(data) -> None:
    restore(data)
    streams: dict = {}
    try:
        with open(journal(), encoding="utf8") as file:
            # After a kill, the last line may be partial. Its events were not acknowledged.
            lines = [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return
    for line in lines:
        if "at" in line:
            account, region, group_name, name = line["at"]
            group = logs._log_groups._data.setdefault((account, region, group_name), line["group"])
            stream = group["streams"].setdefault(name, line["stream"])
            stream["journal"] = line["stream"]["journal"]
            streams[stream["journal"]] = (line["at"], stream)
            stream["events"] = []
        elif "deleted" in line:
            gone = line["deleted"]
            streams = {key: each for key, each in streams.items() if each[0][: len(gone)] != gone}
            remove(*gone)
        elif line["journal"] in streams:
            streams[line["journal"]][1]["events"].extend(line["events"])
    for _, stream in streams.values():
        stream["events"].sort(key=logs._event_timestamp)
        if stream["events"]:
            stream["lastEventTimestamp"] = stream["events"][-1]["timestamp"]
            if stream["firstEventTimestamp"] is None:
                stream["firstEventTimestamp"] = stream["events"][0]["timestamp"]
    compact()


def remove(account: str, region: str, group_name: str, name: str | None = None) -> None:
    key = (account, region, group_name)
    if name is None:
        logs._log_groups._data.pop(key, None)
    elif key in logs._log_groups._data:
        logs._log_groups._data[key]["streams"].pop(name, None)


def compact() -> None:
    """Rewrites the journal with the events that are kept."""
    global live_bytes
    with writing:
        lines = []
        for address, stream, group in described_streams():
            if "journal" in stream:
                lines += [header(address, stream, group), {"journal": stream["journal"], "events": stream["events"]}]
        content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        saving.write_whole(journal(), content)
        live_bytes = len(content)


def keep_bounding() -> None:
    while True:
        time.sleep(saving.SAVE_EVERY_SECONDS)
        bound_log_events()
        with merging:
            for key, points in list(cloudwatch._metrics._data.items()):
                merge_datapoints(key, points)
        if os.path.exists(journal()) and os.path.getsize(journal()) > max(SMALLEST_JOURNAL, 2 * live_bytes):
            compact()


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
    with writing, logs._log_events_lock:
        for group in list(logs._log_groups._data.values()):
            streams = list(group["streams"].values())
            count = sum(len(stream["events"]) for stream in streams)
            first = min((stream["events"][0]["timestamp"] for stream in streams if stream["events"]), default=oldest)
            # Start to remove events only at 110 % of the limit, so that the thread does not remove a few events every
            # second.
            if count <= MOST_LOG_EVENTS * 1.1 and first >= oldest:
                continue
            times = (event["timestamp"] for stream in streams for event in stream["events"])
            since = max(oldest, heapq.nlargest(MOST_LOG_EVENTS, times)[-1])
            for stream in streams:
                stream["events"] = [event for event in stream["events"] if event["timestamp"] >= since]
        remove_emptied_streams()
        records = logs._log_records._data
        for key in list(records)[: max(0, len(records) - MOST_LOG_EVENTS)]:
            records.pop(key, None)


def remove_emptied_streams() -> None:
    """Removes the streams whose events are all removed. Keeps a stream that never contained an event."""
    latest = (time.time() - REST_SECONDS) * 1000
    for address, stream, group in list(described_streams()):
        if not stream["events"] and stream["lastIngestionTime"] is not None and stream["lastIngestionTime"] < latest:
            group["streams"].pop(address[-1], None)
            write({"deleted": address})


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
