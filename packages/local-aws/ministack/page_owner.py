"""Treats the reader of a stack's own page as the owner of this machine's account, for the page's status only.

API Gateway puts the account into `requestContext.identity` if a method checks signatures (authorization AWS_IAM). No
method of the program's API does, so no deployed stack ever gets this identity.
"""

from ministack.core.responses import get_account_id
from ministack.services import apigateway_v1 as gateway


def identify() -> None:
    build_event = gateway._build_lambda_event_v1

    def event_of_owner(*args, **kwargs):
        event = build_event(*args, **kwargs)
        # Browsers alone send this header, and only for a page's calls to its own address.
        is_own_page = (event["headers"] or {}).get("sec-fetch-site") == "same-origin"
        if is_own_page and (event["httpMethod"], event["resource"]) == ("GET", "/health"):
            event["requestContext"]["identity"]["accountId"] = get_account_id()
        return event

    gateway._build_lambda_event_v1 = event_of_owner
