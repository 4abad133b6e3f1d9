"""Treats the reader of a stack's own page as owner of the account, only for the status of the page.

API Gateway sets `requestContext.identity` if a method requires IAM authorization. No method of the program's API does,
so a stack on AWS never gets this identity.
"""

from ministack.core.responses import get_account_id
from ministack.services import apigateway_v1 as gateway


def identify() -> None:
    build_event = gateway._build_lambda_event_v1

    def event_of_owner(*args, **kwargs):
        event = build_event(*args, **kwargs)
        # Browsers send `same-origin` only for requests of a page to its own origin.
        is_own_page = (event["headers"] or {}).get("sec-fetch-site") == "same-origin"
        if is_own_page and (event["httpMethod"], event["path"]) == ("GET", "/health"):
            event["requestContext"]["identity"]["accountId"] = get_account_id()
        return event

    gateway._build_lambda_event_v1 = event_of_owner
