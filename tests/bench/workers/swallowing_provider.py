"""A provider that reads what it is sent as fast as it can, keeps nothing, and accepts everything.

`python -m tests.bench.workers.swallowing_provider` prints its port, then a line of JSON for each
body that arrived: its size, and when its last byte came, on the clock that all processes of a
machine share. It ends with its input.
"""

import json
import re
import socket
import sys
import threading
import time
import uuid
from contextlib import suppress

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
PIECE_BYTES = 1 << 20


def main() -> None:
    """Serve until the input ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    piece = bytearray(PIECE_BYTES)
    unread = b""
    with connection, suppress(ConnectionResetError):
        while count := connection.recv_into(piece):
            unread += piece[:count]
            while b"\r\n\r\n" in unread:
                head, _, unread = unread.partition(b"\r\n\r\n")
                length = LENGTH.search(head)
                size_bytes = int(length[1]) if length else 0
                _swallow(connection, size_bytes - len(unread), piece)
                unread = unread[size_bytes:]
                if size_bytes:
                    arrival = {"size_bytes": size_bytes, "at_s": time.monotonic()}
                    print(json.dumps(arrival), flush=True)
                connection.sendall(_answer())


def _swallow(connection: socket.socket, left_bytes: int, piece: bytearray) -> None:
    while left_bytes > 0:
        count = connection.recv_into(piece, min(left_bytes, PIECE_BYTES))
        if not count:
            return
        left_bytes -= count


def _answer() -> bytes:
    body = json.dumps({"id": uuid.uuid4().hex, "status": "generating", "data": [], "models": []})
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body.encode(),
    )


if __name__ == "__main__":
    main()
