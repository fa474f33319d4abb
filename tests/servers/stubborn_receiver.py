"""A receiver on loopback that takes a request as badly as a test wants, byte by byte."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket], None]
ACCEPTED = b'{"id": "g-1", "status": "queued"}'
BUFFER_BYTES = 32 * 1024
"""What the kernel takes for a receiver that does not read; the rest stays with the sender."""


@contextmanager
def stubborn_receiver(behave: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Let `behave` handle each connection in a thread; yields the port."""

    def handle(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if tls is None:
                behave(connection)
                return
            with tls.wrap_socket(connection, server_side=True) as secured:
                behave(secured)

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=[connection], daemon=True).start()

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        threading.Thread(target=listen, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def head_of(connection: socket.socket) -> tuple[int, bytes]:
    """Read to the end of the headers: the length of the body, and what of it has come already."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = connection.recv(4096)
        if not piece:
            raise ConnectionError
        text += piece
    head, _, begun = text.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    return (lengths or [0])[0], begun


def read_on(connection: socket.socket, left: int) -> None:
    """Read so many bytes more."""
    while left > 0:
        piece = connection.recv(min(left, 65_536))
        if not piece:
            raise ConnectionError
        left -= len(piece)


def answer(connection: socket.socket, status: str, body: bytes, kind: str = "json") -> None:
    """Write a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/{kind}\r\nContent-Length: {len(body)}"
    connection.sendall(head.encode() + b"\r\n\r\n" + body)


def reset(connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
