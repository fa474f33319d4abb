"""A scripted provider on loopback: it answers whatever a test writes down, well or badly."""

import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Received:
    """One request as it came in; `headers` by their name in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Reply = Callable[["Handler"], None]


class ScriptedProvider:
    """Its address, what it received, and the replies it still has; the last one is repeated."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self.received: list[Received] = []
        self.replies: list[Reply] = []

    @property
    def post_count(self) -> int:
        return sum(request.method == "POST" for request in self.received)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Handler(BaseHTTPRequestHandler):
    """Notes the request, then lets the next reply of the script answer it."""

    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; held back, the second waits 40 ms for the first.
    disable_nagle_algorithm = True
    provider: ScriptedProvider

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep the output of the tests clean."""

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        query = parse_qs(parts.query)
        self.provider.received.append(Received(self.command, parts.path, query, headers, body))
        with suppress(BrokenPipeError, ConnectionResetError):
            self.provider.next_reply()(self)


def reply(
    body: Any = None,
    status: int = 200,
    *,
    raw: bytes | None = None,
    announced_bytes: int | None = None,
    **headers: Any,
) -> Reply:
    """Answer JSON, or `raw` bytes; `announced_bytes` lies about the length and then hangs up."""
    content = json.dumps(body).encode() if raw is None else raw
    kind = "application/json" if raw is None else "text/html"

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        length = len(content) if announced_bytes is None else announced_bytes
        for name, value in {"Content-Type": kind, "Content-Length": str(length), **named}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = announced_bytes is not None

    return answer


def problem(status: int, message: str = "Something.", **headers: Any) -> Reply:
    """Answer in the provider's error shape, whose `statusCode` may be a string."""
    body = {
        "message": message,
        "path": "/v2/video/generations",
        "requestId": "req-1",
        "statusCode": str(status),
        "timestamp": "2026-08-19T12:00:05.000Z",
    }
    return reply(body, status, **headers)


def html(status: int) -> Reply:
    """Answer as a gateway does."""
    return reply(status=status, raw=b"<html><h1>Bad gateway</h1></html>")


def reset(handler: Handler) -> None:
    """Reset the connection instead of answering."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    # The reader holds the socket open otherwise, and nothing would be sent.
    handler.rfile.close()
    handler.connection.close()
    handler.close_connection = True


def late(delay_s: float, then: Reply) -> Reply:
    """Answer after a while."""

    def answer(handler: Handler) -> None:
        time.sleep(delay_s)
        then(handler)

    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no reason to write a traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def dripping(delay_s: float, pieces: int, body: Any = None) -> Reply:
    """Answer byte after byte, each soon enough for a patient reader."""
    content = json.dumps(body).encode()

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for place in range(pieces):
            handler.wfile.write(content[place : place + 1])
            time.sleep(delay_s)

    return answer


@contextmanager
def scripted_provider() -> Iterator[ScriptedProvider]:
    """Run the server in a thread for as long as the block lasts."""

    class Bound(Handler):
        pass

    with _Server(("127.0.0.1", 0), Bound) as server:
        Bound.provider = ScriptedProvider(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Bound.provider
        finally:
            server.shutdown()
            thread.join()
