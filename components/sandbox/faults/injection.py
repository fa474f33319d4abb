"""Fault injection: each fault replaces, changes or breaks one HTTP response."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.sandbox.faults.fault import Fault, Kind
from components.sandbox.http.connections import Connections
from components.sandbox.http.responses import error_answer

_MESSAGES = {
    429: "Too Many Requests",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Generation timeout",
}
_CHUNKS = 8


@dataclass
class BufferedResponse:
    """A whole response, held back to be changed before it is sent."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def collect(self, message: Message) -> None:
        """Collect what the server sends."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def with_body(self, body: bytes) -> "BufferedResponse":
        """Return the answer with another body and a length header that agrees with it."""
        headers = [
            (name, str(len(body)).encode() if name == b"content-length" else value)
            for name, value in self.start["headers"]
        ]
        return BufferedResponse({**self.start, "headers": headers}, body)

    async def send_to(self, send: Send) -> None:
        """Send everything at once."""
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True)
class InterceptedRequest:
    """A request whose answer will have a fault."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    connections: Connections

    async def respond(self) -> BufferedResponse:
        """Let the server answer into a buffer."""
        buffered = BufferedResponse()
        await self.app(self.scope, self.receive, buffered.collect)
        return buffered

    async def send_instead(self, response: Response) -> None:
        """Send another response instead."""
        await response(self.scope, self.receive, self.send)


async def inject(fault: Fault, request: InterceptedRequest) -> None:
    """Inject `fault` into the answer to `request`."""
    await _INJECTORS[fault.kind](fault, request)


async def _reset_after_read(_: Fault, request: InterceptedRequest) -> None:
    await request.respond()
    request.connections.reset(request.scope["client"])


async def _slow_headers(fault: Fault, request: InterceptedRequest) -> None:
    answer = await request.respond()
    await asyncio.sleep(fault.delay_s)
    await answer.send_to(request.send)


async def _slow_body(fault: Fault, request: InterceptedRequest) -> None:
    answer = await request.respond()
    await request.send(answer.start)
    step = max(1, -(-len(answer.body) // _CHUNKS))
    for start in range(0, len(answer.body), step):
        await asyncio.sleep(fault.delay_s / _CHUNKS)
        piece = answer.body[start : start + step]
        await request.send({"type": "http.response.body", "body": piece, "more_body": True})
    await request.send({"type": "http.response.body", "body": b""})


async def _cut_body(_: Fault, request: InterceptedRequest) -> None:
    answer = await request.respond()
    await request.send(answer.start)
    half = answer.body[: len(answer.body) // 2]
    await request.send({"type": "http.response.body", "body": half, "more_body": True})
    request.connections.hang_up(request.scope["client"])


async def _status(fault: Fault, request: InterceptedRequest) -> None:
    named = await _ids_of_answer(request) if fault.carried_out else {}
    status_code = fault.status_code or 500
    message = _MESSAGES.get(status_code, "The request was not carried out.")
    response: Response
    if fault.html:
        page = (
            f"<html><head><title>{status_code}</title></head><body><h1>{message}</h1></body></html>"
        )
        response = HTMLResponse(page, status_code)
    else:
        response = error_answer(Request(request.scope), status_code, message)
    if fault.retry_after is not None:
        response.headers["retry-after"] = fault.retry_after
    response.headers.update(named)
    await request.send_instead(response)


async def _ids_of_answer(request: InterceptedRequest) -> dict[str, str]:
    """Carry the request out and return what its answer would have said of the work in a header."""
    answer = await request.respond()
    headers = {name.decode(): value.decode() for name, value in answer.start["headers"]}
    return {name: value for name, value in headers.items() if name == "x-inference-id"}


async def _wrong_json(fault: Fault, request: InterceptedRequest) -> None:
    answer = await request.respond()
    await answer.with_body(fault.body.encode()).send_to(request.send)


async def _file_missing(fault: Fault, request: InterceptedRequest) -> None:
    await request.send_instead(JSONResponse({"error": "gone"}, fault.status_code or 404))


async def _file_truncated(_: Fault, request: InterceptedRequest) -> None:
    answer = await request.respond()
    await answer.with_body(answer.body[: len(answer.body) // 2]).send_to(request.send)


async def _file_wrong_type(_: Fault, request: InterceptedRequest) -> None:
    await request.send_instead(HTMLResponse("<html><body>This is not the file.</body></html>"))


async def _file_empty(_: Fault, request: InterceptedRequest) -> None:
    answer = await request.respond()
    await answer.with_body(b"").send_to(request.send)


_INJECTORS: dict[Kind, Callable[[Fault, InterceptedRequest], Awaitable[None]]] = {
    "reset_after_read": _reset_after_read,
    "slow_headers": _slow_headers,
    "slow_body": _slow_body,
    "cut_body": _cut_body,
    "status": _status,
    "wrong_json": _wrong_json,
    "file_missing": _file_missing,
    "file_truncated": _file_truncated,
    "file_wrong_type": _file_wrong_type,
    "file_empty": _file_empty,
}
ANSWER_KINDS = frozenset(_INJECTORS)
