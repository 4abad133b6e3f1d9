"""Publishes SQS metrics of queues to CloudWatch: the number of visible messages, and the age of the oldest message (SQS
Developer Guide, "Available CloudWatch metrics for Amazon SQS").

MiniStack does not. SQS publishes every minute; this module also publishes when the number changes, so that an alarm on
a dead-letter queue needs no minute.
"""

import logging
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, sqs

log = logging.getLogger("ministack")

LOOK_EVERY_SECONDS = 1
PUBLISH_EVERY_SECONDS = 60


def keep_publishing() -> None:
    published: dict = {}
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        try:
            publish(published, time.time())
        except Exception:  # a queue that is deleted in the meantime must not stop the others
            log.debug("metrics of queues were not published", exc_info=True)


def publish(published: dict, now: float) -> None:
    for scope, queue in list(sqs._queues._data.items()):
        account, region, _url = scope
        visible = [message for message in list(queue["messages"]) if message.get("visible_at", 0) <= now]
        count, last = published.get(scope, (None, 0.0))
        if count == len(visible) and now - last < PUBLISH_EVERY_SECONDS:
            continue
        published[scope] = (len(visible), now)
        age = max((now - message.get("sent_at", now) for message in visible), default=0.0)
        of_queue = {"QueueName": queue["name"]}
        with request_scope(account, region):
            cloudwatch.record_metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", len(visible), "Count", of_queue)
            cloudwatch.record_metric("AWS/SQS", "ApproximateAgeOfOldestMessage", round(age), "Seconds", of_queue)


def start() -> None:
    threading.Thread(target=keep_publishing, daemon=True).start()
