"""A small web server on loopback that serves a file well, and in every bad way a test needs."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 800
TAG = '"v1"'

Page = Callable[["Handler"], None]


class FileServer:
    """Where the server is and which requests it got: (path, headers in lower case)."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.allowed_hosts = frozenset({self.host})
        self.requests: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers by the table of pages that `serve` was given."""

    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; held back, the second waits 40 ms for the first.
    disable_nagle_algorithm = True
    pages: dict[str, Page]
    files: FileServer

    def do_GET(self) -> None:
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.files.requests.append((self.path, headers))
        try:
            self.pages[self.path.split("?")[0]](self)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send an answer; `Content-Length` is that of the body unless it is given."""
        self.send_response(status)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        for key, value in {"Content-Length": str(len(body)), **named}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self, body: bytes, announced: int, **headers: str) -> None:
        """Announce more than is sent, then hang up."""
        self.answer(200, body, Content_Length=str(announced), **headers)
        self.close_connection = True

    def offset(self) -> int:
        """Return where the asked range begins, 0 without one."""
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))

    def rest(self, offset: int) -> None:
        """Send the rest of the content as the answer to a range."""
        last = len(CONTENT) - 1
        self.answer(
            206, CONTENT[offset:], Content_Range=f"bytes {offset}-{last}/{len(CONTENT)}", ETag=TAG
        )

    def stall_after(self, count: int, content: bytes = CONTENT, **headers: str) -> None:
        """Send `count` bytes from the asked offset on, then nothing until the other side leaves."""
        offset, last = self.offset(), len(content) - 1
        marks = {"ETag": TAG, **headers, "Content-Length": str(len(content) - offset)}
        if offset:
            marks["Content-Range"] = f"bytes {offset}-{last}/{len(content)}"
        self.answer(206 if offset else 200, content[offset : offset + count], **marks)
        self.close_connection = True
        if offset + count < len(content):
            self.rfile.read(1)

    def endless(self) -> None:
        """Send chunks until the other side has had enough."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    def drip(self) -> None:
        """Send one byte at a time, each soon enough for a patient reader."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def handle(self) -> None:
        """Serve a connection; one that the other side ends is no error."""
        with suppress(ConnectionError, ssl.SSLError):
            super().handle()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep the output of the tests clean."""


@contextmanager
def serve(pages: dict[str, Page], tls: ssl.SSLContext | None = None) -> Iterator[FileServer]:
    """Run the server in a thread for as long as the block lasts, over TLS where it is given."""

    class Bound(Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Bound) as server:
        server.daemon_threads = True
        if tls:
            server.socket = tls.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        Bound.pages, Bound.files = pages, FileServer(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Bound.files
        finally:
            server.shutdown()
            thread.join()
