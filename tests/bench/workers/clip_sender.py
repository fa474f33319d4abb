"""One process that sends one file as base64, plainly or as the playground does.

`python -m tests.bench.workers.clip_sender plainly|ours PORT FILE` prints its seconds and the
bytes of memory it grew by, as JSON.
"""

import base64
import json
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from components.provider.http.http_client import HttpClient
from components.provider.http.json_body import Attachment
from tests.bench.process_memory import grown_bytes_of, start_counting

PIECE_BYTES = 3 * (1 << 18)


def send_plainly(port: int, file: Path) -> None:
    """What the task costs at least: read, encode, copy over loopback, wait for the answer."""
    size_bytes = 4 * -(-file.stat().st_size // 3)
    with socket.create_connection(("127.0.0.1", port)) as connection, file.open("rb") as reader:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size_bytes)
        while piece := reader.read(PIECE_BYTES):
            connection.sendall(base64.b64encode(piece))
        connection.recv(1)


def send_as_we_do(port: int, file: Path) -> None:
    """The request for an edit of a video, its file streamed into the body."""
    payload = {"model": "m", "prompt": "p", "video_url": Attachment(file, "video/mp4")}
    HttpClient(f"http://127.0.0.1:{port}", "key").post(
        "/v2/video/generations", payload, client_request_id="bench", read_timeout_s=60
    )


def measured(send: Callable[[int, Path], None], port: int, file: Path) -> dict[str, float]:
    """Send a small file first, so that what is loaded once does not count; then the file."""
    small = file.with_name("small")
    small.write_bytes(bytes(300_000))
    send(port, small)
    base_bytes = start_counting("self")
    began = time.perf_counter()
    send(port, file)
    return {"s": time.perf_counter() - began, "grown_bytes": grown_bytes_of("self", base_bytes)}


if __name__ == "__main__":
    way, to_port, name = sys.argv[1:]
    sender = send_plainly if way == "plainly" else send_as_we_do
    print(json.dumps(measured(sender, int(to_port), Path(name))))
