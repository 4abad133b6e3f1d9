"""Answers PutRestApi, which MiniStack lacks, with the mode `overwrite`, for the parts of an OpenAPI 3.0 document that the
program's has (Developer Guide, "OpenAPI extensions for API Gateway"). Refuses other parts by name.
Fails without it: rest-apis/calls.spec.ts: PutRestApi overwrites the API, and callers see the change after a deployment
"""

import json

from ministack.services import apigateway_v1 as gateway

RESPONSES, INTEGRATION = "x-amazon-apigateway-gateway-responses", "x-amazon-apigateway-integration"
VERBS = {verb: verb.upper() for verb in gateway._OPENAPI_HTTP_METHODS} | {"x-amazon-apigateway-any-method": "ANY"}


def put_documents() -> None:
    handle = gateway.handle_request

    async def handle_with_put(method, path, headers, body, query_params):
        parts = path.strip("/").split("/")
        if method == "PUT" and parts[0] == "restapis" and len(parts) == 2:
            return put(parts[1], body, query_params)
        return await handle(method, path, headers, body, query_params)

    gateway.handle_request = handle_with_put


def put(api: str, body: bytes, query: dict):
    if api not in gateway._rest_apis:
        return gateway._v1_error("NotFoundException", "Invalid API identifier specified", 404)
    try:
        document = json.loads(body)
        if not document["openapi"].startswith("3.0."):
            raise ValueError
        title, refused = document["info"]["title"], list(others(document, query))
    except (ValueError, KeyError, TypeError, AttributeError):
        return gateway._v1_error("BadRequestException", "Invalid OpenAPI input.", 400)
    if refused:
        message = f"The local AWS does not support these parts of an import: {', '.join(refused)}"
        return gateway._v1_error("BadRequestException", message, 400)
    write(api, document)
    gateway._rest_apis[api]["name"] = title
    return gateway._get_rest_api(api)


def write(api: str, document: dict) -> None:
    """Replaces everything of the API that a document can describe. Keeps deployments and stages."""
    root = next(each for each in gateway._resources[api].values() if each["path"] == "/")
    gateway._resources[api] = {root["id"]: {**root, "resourceMethods": {}}}
    gateway._gateway_responses[api] = {}
    schemes = gateway._import_security_schemes(api, document)
    for path, methods in document["paths"].items():
        gateway._import_path_item(api, path, {})
        resource = next(each["id"] for each in gateway._resources[api].values() if each["path"] == path)
        for name, method in methods.items():
            gateway._put_method(api, resource, VERBS[name], gateway._method_security(method.get("security"), schemes))
            integration = method[INTEGRATION]
            gateway._put_integration(api, resource, VERBS[name], {**integration, "type": integration["type"].upper()})
    for kind, response in document.get(RESPONSES, {}).items():
        gateway._put_gateway_response(api, kind, response)


def others(document: dict, query: dict):
    """Yields the parts of an import that this module does not read."""
    mode = query.get("mode", "merge")
    mode = mode[0] if isinstance(mode, list) else mode
    if mode != "overwrite":
        yield f"mode {mode} (use overwrite)"
    yield from document.keys() - {"openapi", "info", "paths", "components", RESPONSES}
    yield from document.get("components", {}).keys() - {"securitySchemes"}
    schemes = document.get("components", {}).get("securitySchemes", {})
    yield from (name for name, scheme in schemes.items() if (scheme["type"], scheme["name"]) != ("apiKey", "x-api-key"))
    yield from document.get(RESPONSES, {}).keys() - set(gateway._GATEWAY_RESPONSE_TYPES)
    for path, methods in document["paths"].items():
        for name, method in methods.items():
            if name not in VERBS:
                yield f"{name} of {path}"
                continue
            yield from (f"{each} of {name} {path}" for each in method.keys() - {"responses", "security", INTEGRATION})
            integration = method[INTEGRATION]
            if integration["type"].upper() not in ("AWS_PROXY", "MOCK"):
                yield f"type {integration['type']} of {name} {path}"
            more = integration.keys() - {"type", "httpMethod", "uri", "requestTemplates"}
            yield from (f"{each} of {INTEGRATION} of {name} {path}" for each in more)
