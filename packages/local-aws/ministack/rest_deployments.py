"""Serves a stage of a REST API from its deployment, and gives caller and function the same request id. MiniStack serves the
edited API, so that changes are visible before a deployment, even partially.
Fails without it: rest-apis/calls.spec.ts: PutRestApi overwrites the API, and callers see the change after a deployment
"""

import copy
import json
from contextvars import ContextVar

from ministack import app
from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import apigateway_v1 as gateway

# The key of the snapshot of a deployed API (`STORES`). The snapshot is stored among the deployment's gateway responses,
# because MiniStack already saves them.
SNAPSHOT = "deployed"
STORES = {"resources": gateway._resources, "models": gateway._models, "validators": gateway._request_validators}

served: ContextVar = ContextVar("served", default=None)
request_id: ContextVar = ContextVar("request_id", default=None)


class AsDeployed(AccountRegionScopedDict):
    """MiniStack's data by API; during a request, the deployed data of the requested API."""

    __slots__ = ()

    def get(self, key, default=None):
        api, snapshot = served.get() or (None, None)
        if api != key:
            return super().get(key, default)
        return next(snapshot[name] for name, store in STORES.items() if store is self)


def keep_paths_encoded() -> None:
    """Gives functions the path and its parameters as the caller sent them. MiniStack decodes them before it routes.
    Fails without it: e2e/shop.spec.ts: the API knows the viewer and the item with the id …
    """
    serve = app._handle_execute_api_request

    async def serve_encoded(host, path, *rest, raw_path=None, **more):
        return await serve(host, raw_path or path, *rest, raw_path=raw_path, **more)

    app._handle_execute_api_request = serve_encoded


def keep_to_deployments() -> None:
    execute, build_event, deploy = gateway._execute_in_scope, gateway._build_lambda_event_v1, gateway._create_deployment
    for store in STORES.values():
        store.__class__ = AsDeployed

    async def execute_as_deployed(request, api, stage, *rest):
        snapshot = snapshot_of(api, stage)
        tokens = served.set((api, snapshot) if snapshot else None), request_id.set(request["request_id"])
        try:
            answer = await execute(request, api, stage, *rest)
        finally:
            served.reset(tokens[0])
            request_id.reset(tokens[1])
        if isinstance(answer, tuple):
            answer[1]["x-amzn-requestid"] = request["request_id"]
        return answer

    def event_of_request(*args, **kwargs):
        event = build_event(*args, **kwargs)
        context = event["requestContext"]
        context["requestId"] = request_id.get() or context["requestId"]
        if is_of_own_page(event):
            context["identity"]["accountId"] = get_account_id()
        return event

    def deploy_snapshot(api, data):
        problem = why_not_deployed(api)
        if problem:
            return gateway._v1_error("BadRequestException", problem, 400)
        answer = deploy(api, data)
        if answer[0] == 201:
            there = {name: copy.deepcopy(store.get(api, {})) for name, store in STORES.items()}
            gateway._deployed_gateway_responses[api][json.loads(answer[2])["id"]][SNAPSHOT] = there
        return answer

    gateway._execute_in_scope, gateway._build_lambda_event_v1 = execute_as_deployed, event_of_request
    gateway._create_deployment = deploy_snapshot


def is_of_own_page(event: dict) -> bool:
    """Whether the status of the page is read by the page itself, whose reader counts as owner of the account. On AWS, API
    Gateway sets the identity only for a method that requires IAM authorization, which the program's API does not.
    Fails without it: e2e/serving.spec.ts: GET /health returns version and cost to the storefront page, and …
    """
    # Browsers send `same-origin` only for requests of a page to its own origin.
    site = (event["headers"] or {}).get("sec-fetch-site")
    return (event["httpMethod"], event["path"], site) == ("GET", "/health", "same-origin")


def snapshot_of(api: str, stage: str) -> dict | None:
    deployment = (gateway._stages_v1.get(api, {}).get(stage) or {}).get("deploymentId")
    return gateway._deployed_gateway_responses.get(api, {}).get(deployment, {}).get(SNAPSHOT)


def why_not_deployed(api: str) -> str | None:
    if api not in gateway._rest_apis:
        return None
    methods = [method for resource in gateway._resources.get(api, {}).values() for method in resource["resourceMethods"].values()]
    if not methods:
        return "The REST API doesn't contain any methods"
    if any(not method.get("methodIntegration") for method in methods):
        return "No integration defined for method"
    return None
