"""Keeps queue names unique across restarts.

MiniStack's port changes with each start and is part of its queue URLs. Without this module, CreateQueue after a restart
creates a second queue with the same name, and DeleteQueue does not delete the first.
"""

from ministack.services import sqs


def readdress() -> None:
    index = sqs._rebuild_queue_name_index

    def of_this_start() -> None:
        for scoped_key, queue in list(sqs._queues.all_items()):
            scope = sqs._queue_scope_from_record(scoped_key, queue)
            if scope is None:
                continue
            account, region, name, url = scope
            current = sqs._queue_url_for_account(account, name)
            if url != current:
                sqs._queues.pop_scoped(account, region, url, None)
                queue["url"] = current
                sqs._queues.set_scoped(account, region, current, queue)
        index()

    sqs._rebuild_queue_name_index = of_this_start
