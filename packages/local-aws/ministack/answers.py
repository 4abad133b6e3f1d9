"""Answers requests of the gateway on a loopback port. Each request must contain the secret.

`/call` returns the actions and resources of a call, `/key` the owner of an access key with its secret and policies,
`/entity` a user, group or role, and `/refusal` the response to a denied call in a service's protocol.
"""

import base64
import hmac
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import fix_error_content_type, request_scope
from ministack.services import iam, sts

import calls
import functions

ADMINISTRATOR = "test"


def key(asked: dict, _body: bytes) -> dict:
    """Returns the owner of an access key. Only the administrator's key is root; MiniStack accepts other keys as root, too."""
    name, account = asked["key"], asked["account"]
    if iam_evaluator.is_root_access_key(name) and name != ADMINISTRATOR:
        return {"error": "UnrecognizedClientException"}
    with request_scope(account, asked["region"]):
        found = iam_evaluator.resolve_credential(name, account)
        if isinstance(found, iam_evaluator.CredentialResolutionError):
            return {"error": found.code}
        return {
            "arn": found.principal_arn,
            "account": found.account_id,
            "secret": found.secret_access_key,
            "token": found.session_token,
            "expires": found.expiration,
            **principal(found, account),
        }


def principal(found, account: str) -> dict:
    if found.principal_type == "User":
        entity = iam._users.get(found.principal_name) or {}
        identity = user_policies(found.principal_name, entity)
    elif found.principal_type == "AssumedRole":
        entity = iam._roles.get(found.principal_arn.split("/")[1]) or {}
        identity = role_policies(found.principal_name, entity)
    else:
        # None means root, which needs no policy. MiniStack does not store the policies of federated users, so they get
        # none.
        identity = None if found.principal_type == "Root" else []
        return {
            "id": found.principal_id, "tags": {}, "identity": identity, "boundary": None, "session": None,
            "function": None,
        }
    session = sts._sessions.get(found.access_key_id) or {}
    tags = [*(entity.get("Tags") or []), *(session.get("SessionTags") or [])]
    boundary = entity.get("PermissionsBoundary")
    return {
        "id": found.principal_id,
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
        "identity": identity,
        "boundary": [managed(boundary, "permissions boundary")] if boundary else None,
        "session": session_policies(session.get("SessionPolicies")),
        "function": session.get(functions.SOURCE),
    }


def user_policies(name: str, user: dict) -> list:
    found = inline("user policy", iam._user_inline_policies.get(name)) + attached(user)
    for group, members in iam._groups.items():
        if name in members.get("Users", []):
            found += group_policies(group, members)
    return found


def group_policies(name: str, group: dict) -> list:
    return inline(f"policy of group {name}", iam._group_inline_policies.get(name)) + attached(group)


def role_policies(_name: str, role: dict) -> list:
    return inline("role policy", role.get("InlinePolicies")) + attached(role)


def session_policies(given) -> list | None:
    if not given:
        return None
    own = [{"name": "session policy", "text": text(given["Policy"])}] if given.get("Policy") else []
    return own + [managed(arn, "session policy") for arn in given.get("PolicyArns") or []]


def inline(kind: str, policies) -> list:
    return [{"name": f"{kind} {name}", "text": text(document)} for name, document in (policies or {}).items()]


def attached(entity: dict) -> list:
    return [managed(arn, "managed policy") for arn in entity.get("AttachedPolicies") or []]


def managed(arn: str, kind: str) -> dict:
    """Returns a managed policy. Its text is None if MiniStack has no document."""
    record = iam._lookup_policy(arn) or {}
    version = (record.get("Versions") or {}).get(record.get("DefaultVersionId", "v1")) or {}
    document = version.get("Document")
    return {"name": f"{kind} {arn.rsplit('/', 1)[-1]}", "text": None if document is None else text(document)}


def text(document) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def entity(asked: dict, _body: bytes) -> dict:
    """Returns a user, group or role with its policies; empty for an unknown one."""
    kind, name = asked["kind"], asked["name"]
    with request_scope(asked["account"], "us-east-1"):
        records, policies = {
            "user": (iam._users, user_policies),
            "group": (iam._groups, group_policies),
            "role": (iam._roles, role_policies),
        }[kind]
        found = records.get(name)
        if not found:
            return {}
        boundary = found.get("PermissionsBoundary")
        return {
            "arn": found["Arn"],
            "id": found[f"{kind.title()}Id"],
            "trust": text(found.get("AssumeRolePolicyDocument")),
            "tags": {tag["Key"]: tag["Value"] for tag in found.get("Tags") or []},
            "identity": policies(name, found),
            "boundary": [managed(boundary, "permissions boundary")] if boundary else None,
        }


def refusal(asked: dict, _body: bytes) -> dict:
    service, headers = asked["service"], asked["headers"]
    status, answered, body = iam_actions.access_denied_response(
        service, asked["action"], asked["principal"], str(uuid.uuid4()), resource_arn=asked["resource"],
        error_code=asked["code"], message=asked["message"], headers=headers,
        explicit_deny=" with an explicit deny " in asked["message"],
    )
    fix_error_content_type(service, status, answered)
    return {"status": status, "headers": answered, "body": base64.b64encode(body).decode()}


ANSWERS = {"/key": key, "/entity": entity, "/refusal": refusal, "/call": calls.describe}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        secret = self.headers.get("x-from-gateway", "")
        answer = ANSWERS.get(self.path)
        if answer is None or not hmac.compare_digest(secret.encode(), self.server.secret.encode()):
            self.send(403, {})
            return
        try:
            asked = json.loads(base64.b64decode(self.headers.get("x-asked", "")))
            self.send(200, answer(asked, body))
        except Exception as error:  # the gateway gets the error, and refuses the call
            self.send(500, {"error": f"{type(error).__name__}: {error}"})

    def send(self, status: int, answer: dict) -> None:
        content = json.dumps(answer).encode()
        self.send_response_only(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        pass


def serve(port: int, secret: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.secret = secret
    threading.Thread(target=server.serve_forever, daemon=True).start()
