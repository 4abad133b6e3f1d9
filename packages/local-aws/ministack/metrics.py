"""Publishes metrics that MiniStack lacks: of queues, and each second those that other modules count with `add`.
Fails without it: alarms/watch.spec.ts: an alarm on a dead-letter queue changes its state with the number of …
Fails without it: rest-apis/records.spec.ts: a call adds one line to the access log, and metrics for the API and …
"""

import logging
import threading
import time

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudfront, cloudwatch, cloudwatch_logs, dynamodb, sqs

log = logging.getLogger("ministack")

# Queues publish every minute (SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"), and here also when the
# number of messages changes, so that an alarm on a dead-letter queue needs no minute.
PUBLISH_QUEUES_SECONDS = 60
# CloudFront's metrics exist only in us-east-1 (CloudFront Developer Guide, "Monitoring CloudFront metrics").
EDGE_REGION = "us-east-1"

seconds: dict = {}
seconds_lock = threading.Lock()


def start() -> None:
    count_distributions()
    count_tables()
    count_logs()
    threading.Thread(target=keep_publishing, daemon=True).start()


def add(namespace: str, name: str, unit: str, dimensions: dict, value: float, region: str | None = None) -> None:
    """Counts a value in the current account and in the given or current region."""
    key = (get_account_id(), region or get_region(), namespace, name, unit, tuple(dimensions.items()))
    with seconds_lock:
        of = seconds.get(key)
        seconds[key] = {
            "SampleCount": of["SampleCount"] + 1, "Sum": of["Sum"] + value,
            "Minimum": min(of["Minimum"], value), "Maximum": max(of["Maximum"], value),
        } if of else {"SampleCount": 1, "Sum": value, "Minimum": value, "Maximum": value}


def keep_publishing() -> None:
    published: dict = {}
    while True:
        time.sleep(1)
        try:
            publish_counted()
            publish_queues(published, time.time())
        except Exception:  # a queue that is deleted in the meantime must not stop the others
            log.debug("metrics were not published", exc_info=True)


def publish_counted() -> None:
    with seconds_lock:
        counted = dict(seconds)
        seconds.clear()
    for (account, region, namespace, name, unit, dimensions), statistics in counted.items():
        with request_scope(account, region):
            cloudwatch._store_datum(namespace, name, dict(dimensions), time.time(), unit, None, None, None, statistics)


def publish_queues(published: dict, now: float) -> None:
    for scope, queue in list(sqs._queues._data.items()):
        account, region, _url = scope
        visible = [message for message in list(queue["messages"]) if message.get("visible_at", 0) <= now]
        count, last = published.get(scope, (None, 0.0))
        if count == len(visible) and now - last < PUBLISH_QUEUES_SECONDS:
            continue
        published[scope] = (len(visible), now)
        with request_scope(account, region):
            of = {"QueueName": queue["name"]}
            cloudwatch.record_metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", len(visible), "Count", of)


def count_distributions() -> None:
    serve = cloudfront.handle_viewer_request

    async def serve_and_count(dist, method, *rest, **more):
        status, headers, body = await serve(dist, method, *rest, **more)
        of = {"DistributionId": dist["Id"], "Region": "Global"}
        add("AWS/CloudFront", "Requests", "None", of, 1, EDGE_REGION)
        add("AWS/CloudFront", "BytesDownloaded", "None", of, 0 if method == "HEAD" else len(body or b""), EDGE_REGION)
        return status, headers, body

    cloudfront.handle_viewer_request = serve_and_count


def count_tables() -> None:
    """Counts half a unit for each read, or one unit if consistent, whatever the item's size. Counts no transactions."""
    units_of = dynamodb._add_consumed_capacity
    accumulate, get_batch = dynamodb._accumulate_write_capacity, dynamodb._batch_get_item

    def count_units(result, data, table, write=False, **more):
        asked = data.get("ReturnConsumedCapacity", "NONE")
        counted: dict = {}
        known = {**data, "ReturnConsumedCapacity": "TOTAL"} if asked == "NONE" else data
        units_of(counted, known, table, write=write, **more)
        count_units_of(table, write, counted["ConsumedCapacity"]["CapacityUnits"])
        if asked != "NONE":
            result.update(counted)

    def accumulate_and_count(capacity, table, old_item, new_item):
        before = capacity["table"]
        accumulate(capacity, table, old_item, new_item)
        count_units_of(table["TableName"], True, capacity["table"] - before)

    def get_and_count(data):
        answer = get_batch(data)
        if answer[0] == 200:
            for table, wanted in data["RequestItems"].items():
                unit = 1.0 if wanted.get("ConsistentRead") else 0.5
                count_units_of(table, False, unit * len(wanted["Keys"]))
        return answer

    dynamodb._add_consumed_capacity = count_units
    dynamodb._accumulate_write_capacity = accumulate_and_count
    dynamodb._batch_get_item = get_and_count


def count_units_of(table: str, write: bool, units: float) -> None:
    name = "ConsumedWriteCapacityUnits" if write else "ConsumedReadCapacityUnits"
    add("AWS/DynamoDB", name, "Count", {"TableName": dynamodb._normalize_table_name(table)}, units)


def count_logs() -> None:
    append = cloudwatch_logs._append_log_events

    def append_and_count(stream, events, *rest, **more):
        group = next((name for name, group in list(cloudwatch_logs._log_groups.items())
                      if any(each is stream for each in list(group["streams"].values()))), None)
        if group is not None and events:
            # The size of a log event is that of its message plus 26 bytes (CloudWatch Logs API, PutLogEvents).
            size = sum(len(event.get("message", "").encode()) + 26 for event in events)
            add("AWS/Logs", "IncomingBytes", "Bytes", {"LogGroupName": group}, size)
        return append(stream, events, *rest, **more)

    cloudwatch_logs._append_log_events = append_and_count
