"""Log every request, read its body, and inject the fault that matches it, if any."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from components.sandbox.faults.fault import Call, Faults
from components.sandbox.faults.injection import ANSWER_KINDS, InterceptedRequest, inject
from components.sandbox.http.connections import Connections
from components.sandbox.http.request_body import BodyTooLarge, RequestBody
from components.sandbox.http.responses import error_answer

KEPT_REQUESTS = 5000


@dataclass
class Received:
    """One request that arrived; `body` is the parsed JSON, None without one.

    Base64 texts longer than 64 KiB are replaced by "@" and their place in the body.
    """

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str] = field(repr=False)
    body: object = None


class RequestLog:
    """Wraps the server's routes; `received` holds the latest requests, oldest first."""

    def __init__(self, app: ASGIApp, faults: Faults, connections: Connections) -> None:
        self._app = app
        self._faults = faults
        self._connections = connections
        self.received: deque[Received] = deque(maxlen=KEPT_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        arrival = _note(scope)
        self.received.append(arrival)
        call = Call(arrival.method, arrival.path)
        if self._faults.take(call, {"reset_before_read"}):
            self._connections.reset(scope["client"])
            return
        body = RequestBody()
        try:
            if not await body.receive(receive):
                return
            await _parse(body, arrival, scope)
            call = Call(arrival.method, arrival.path, _model(arrival))
            fault = self._faults.take(call, ANSWER_KINDS)
            if fault is None:
                await self._app(scope, receive, send)
            else:
                intercepted = InterceptedRequest(self._app, scope, receive, send, self._connections)
                await inject(fault, intercepted)
        except BodyTooLarge:
            response = error_answer(Request(scope), 413, "Request entity too large")
            await response(scope, receive, send)
        finally:
            body.close()


def _note(scope: Scope) -> Received:
    headers = dict(Headers(scope=scope).items())
    headers.pop("authorization", None)
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Received(scope["method"], scope["path"], query, headers)


async def _parse(body: RequestBody, arrival: Received, scope: Scope) -> None:
    """Leave the body for the routes, in the request's state."""
    problem = ""
    if body.size_bytes:
        try:
            arrival.body = await asyncio.to_thread(body.parse)
        except (ValueError, RecursionError):
            problem = "Body validation error: Expected JSON, received other text"
    state = {"body": body, "json": arrival.body, "json_problem": problem}
    scope.setdefault("state", {}).update(state)


def _model(arrival: Received) -> str | None:
    if isinstance(arrival.body, dict):
        model = arrival.body.get("model")
        return model if isinstance(model, str) else None
    generation_id = arrival.query.get("generation_id", [""])[0]
    return generation_id.partition(":")[2] or None
