"""Publishes the billed usage of distributions, tables and log groups, which MiniStack does not count.

CloudFront's metrics exist only in us-east-1 (CloudFront Developer Guide, "Monitoring CloudFront metrics"). DynamoDB
transactions are not counted. A read counts half a unit, or one unit if consistent, whatever the item's size.
"""

import logging

from ministack.services import cloudfront, cloudwatch_logs, dynamodb

from second_metrics import add

log = logging.getLogger("ministack")

EDGE_REGION = "us-east-1"


def count() -> None:
    count_distributions()
    count_tables()
    count_logs()


def count_distributions() -> None:
    serve = cloudfront.handle_viewer_request

    async def serve_and_count(dist, method, *rest, **more):
        answer = await serve(dist, method, *rest, **more)
        try:
            count_request(dist["Id"], method, *answer)
        except Exception:  # a failed count must not fail the answer
            log.debug("a request of %s was not counted", dist["Id"], exc_info=True)
        return answer

    cloudfront.handle_viewer_request = serve_and_count


def count_request(name: str, method: str, status: int, _headers: dict, body: bytes) -> None:
    of = {"DistributionId": name, "Region": "Global"}
    sent = 0 if method == "HEAD" or body is None else len(body)
    add("AWS/CloudFront", "Requests", "None", of, 1, EDGE_REGION)
    add("AWS/CloudFront", "BytesDownloaded", "None", of, sent, EDGE_REGION)
    add("AWS/CloudFront", "4xxErrorRate", "Percent", of, 100 * int(400 <= status < 500), EDGE_REGION)
    add("AWS/CloudFront", "5xxErrorRate", "Percent", of, 100 * int(status >= 500), EDGE_REGION)
    add("AWS/CloudFront", "TotalErrorRate", "Percent", of, 100 * int(status >= 400), EDGE_REGION)


def count_tables() -> None:
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
            of = {"LogGroupName": group}
            # The size of a log event is that of its message plus 26 bytes (CloudWatch Logs API, PutLogEvents).
            size = sum(len(event.get("message", "").encode()) + 26 for event in events)
            add("AWS/Logs", "IncomingBytes", "Bytes", of, size)
            add("AWS/Logs", "IncomingLogEvents", "Count", of, len(events))
        return append(stream, events, *rest, **more)

    cloudwatch_logs._append_log_events = append_and_count
