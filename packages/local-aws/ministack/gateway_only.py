"""Answers only requests with the gateway's secret and returns 403 to all others, with and without enforcement. A second
header marks calls that the gateway has checked. MiniStack receives neither header.
Fails without it: web-pages/requests.spec.ts: MiniStack's port returns 403 without the gateway's secret
"""

import contextvars
import hmac

from ministack import app
from ministack.core import iam_evaluator

SECRET_HEADER = b"x-from-gateway"
JUDGED_HEADER = b"x-judged-by-gateway"

judged = contextvars.ContextVar("judged", default=False)


def answer_gateway_only(secret: str) -> None:
    if not secret:
        raise SystemExit("MiniStack got no secret of the gateway on standard input.")
    serve, expected = app.app, secret.encode()

    async def serve_gateway(scope, receive, send):
        if scope["type"] == "lifespan":
            await serve(scope, receive, send)
            return
        headers = scope.get("headers") or []
        given = [value for name, value in headers if name == SECRET_HEADER]
        if scope["type"] != "http" or not any(hmac.compare_digest(each, expected) for each in given):
            await refuse(scope, send)
            return
        judged.set(any(name == JUDGED_HEADER for name, _ in headers))
        passed = [pair for pair in headers if pair[0] not in (SECRET_HEADER, JUDGED_HEADER)]
        await serve({**scope, "headers": passed}, receive, send)

    app.app = serve_gateway


async def refuse(scope, send) -> None:
    if scope["type"] == "websocket":
        # The server returns 403 if a WebSocket is closed before it was accepted.
        await send({"type": "websocket.close", "code": 1008})
        return
    text = b"MiniStack answers the gateway of the local AWS only. Its address: npm run -s local -- env\n"
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def leave_checked_calls() -> None:
    """Checks only calls that the gateway does not check: those of APIs and function URLs.
    Fails without it: enforcement/edge.spec.ts: a policy with dynamodb:LeadingKeys limits every item call to the …
    """
    judge = iam_evaluator.enforce

    def enforce(*args, **kwargs):
        return None if judged.get() else judge(*args, **kwargs)

    iam_evaluator.enforce = enforce
