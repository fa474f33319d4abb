"""Faults carried out: each replaces, bends or breaks one answer."""

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
_PIECES = 8


@dataclass
class Answer:
    """A whole answer, kept back to be played differently."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def keep(self, message: Message) -> None:
        """Stand in for the server's `send`."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def with_body(self, body: bytes) -> "Answer":
        """Return the answer with another body and a length header that agrees with it."""
        headers = [
            (name, str(len(body)).encode() if name == b"content-length" else value)
            for name, value in self.start["headers"]
        ]
        return Answer({**self.start, "headers": headers}, body)

    async def play(self, send: Send) -> None:
        """Send everything at once."""
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True)
class Exchange:
    """One request about to be answered badly."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    connections: Connections

    async def carry_out(self) -> Answer:
        """Let the server answer, without sending it."""
        kept = Answer()
        await self.app(self.scope, self.receive, kept.keep)
        return kept

    async def send_instead(self, response: Response) -> None:
        """Answer without asking the server."""
        await response(self.scope, self.receive, self.send)


async def misbehave(fault: Fault, exchange: Exchange) -> None:
    """Let `fault` happen to `exchange`."""
    await _MISHAPS[fault.kind](fault, exchange)


async def _reset_after_read(_: Fault, exchange: Exchange) -> None:
    await exchange.carry_out()
    exchange.connections.reset(exchange.scope["client"])


async def _slow_headers(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await asyncio.sleep(fault.delay_s)
    await answer.play(exchange.send)


async def _slow_body(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await exchange.send(answer.start)
    step = max(1, -(-len(answer.body) // _PIECES))
    for start in range(0, len(answer.body), step):
        await asyncio.sleep(fault.delay_s / _PIECES)
        piece = answer.body[start : start + step]
        await exchange.send({"type": "http.response.body", "body": piece, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


async def _cut_body(_: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await exchange.send(answer.start)
    half = answer.body[: len(answer.body) // 2]
    await exchange.send({"type": "http.response.body", "body": half, "more_body": True})
    exchange.connections.hang_up(exchange.scope["client"])


async def _status(fault: Fault, exchange: Exchange) -> None:
    named = await _ids_of_answer(exchange) if fault.carried_out else {}
    status_code = fault.status_code or 500
    message = _MESSAGES.get(status_code, "The request was not carried out.")
    response: Response
    if fault.html:
        page = (
            f"<html><head><title>{status_code}</title></head><body><h1>{message}</h1></body></html>"
        )
        response = HTMLResponse(page, status_code)
    else:
        response = error_answer(Request(exchange.scope), status_code, message)
    if fault.retry_after is not None:
        response.headers["retry-after"] = fault.retry_after
    response.headers.update(named)
    await exchange.send_instead(response)


async def _ids_of_answer(exchange: Exchange) -> dict[str, str]:
    """Carry the request out and return what its answer would have said of the work in a header."""
    answer = await exchange.carry_out()
    headers = {name.decode(): value.decode() for name, value in answer.start["headers"]}
    return {name: value for name, value in headers.items() if name == "x-inference-id"}


async def _wrong_json(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await answer.with_body(fault.body.encode()).play(exchange.send)


async def _file_missing(fault: Fault, exchange: Exchange) -> None:
    await exchange.send_instead(JSONResponse({"error": "gone"}, fault.status_code or 404))


async def _file_truncated(_: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await answer.with_body(answer.body[: len(answer.body) // 2]).play(exchange.send)


async def _file_wrong_type(_: Fault, exchange: Exchange) -> None:
    await exchange.send_instead(HTMLResponse("<html><body>This is not the file.</body></html>"))


async def _file_empty(_: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await answer.with_body(b"").play(exchange.send)


_MISHAPS: dict[Kind, Callable[[Fault, Exchange], Awaitable[None]]] = {
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
ANSWER_KINDS = frozenset(_MISHAPS)
