"""A proxy on loopback, for HTTP tunnels or for SOCKS 5, behind which every name is one server."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Greeting = Callable[[socket.socket, "Proxy"], bool]


@dataclass
class Proxy:
    """Where the proxy listens, and what it was asked for: ("host:port", credentials)."""

    port: int
    refusal: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def tunnelling(behind: str, refusal: str = "") -> Iterator[Proxy]:
    """A proxy for CONNECT that leads to the server at `behind`, or refuses in these words."""
    with _listening(behind, _connect, refusal) as proxy:
        yield proxy


@contextmanager
def socks(behind: str) -> Iterator[Proxy]:
    """A SOCKS 5 proxy without a login (RFC 1928) that leads to the server at `behind`."""
    with _listening(behind, _socks_connect, "") as proxy:
        yield proxy


@contextmanager
def _listening(behind: str, greet: Greeting, refusal: str) -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener.getsockname()[1], refusal)

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_lead, args=(client, behind, greet, proxy)).start()

        thread = threading.Thread(target=serve)
        thread.start()
        yield proxy
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _lead(client: socket.socket, behind: str, greet: Greeting, proxy: Proxy) -> None:
    host, port = behind.split(":")
    with client, suppress(OSError):
        if not greet(client, proxy):
            return
        with socket.create_connection((host, int(port))) as server:
            back = threading.Thread(target=_pump, args=(server, client))
            back.start()
            _pump(client, server)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _connect(client: socket.socket, proxy: Proxy) -> bool:
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(1)
    first, *lines = head.decode().splitlines()
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    proxy.asked.append((first.split()[1], headers.get("proxy-authorization", "")))
    client.sendall(f"HTTP/1.1 {proxy.refusal or '200 OK'}\r\n\r\n".encode())
    return not proxy.refusal


def _socks_connect(client: socket.socket, proxy: Proxy) -> bool:
    _, methods = client.recv(2, socket.MSG_WAITALL)
    client.recv(methods, socket.MSG_WAITALL)
    client.sendall(b"\x05\x00")
    *_, length = client.recv(5, socket.MSG_WAITALL)
    name = client.recv(length, socket.MSG_WAITALL).decode()
    port = int.from_bytes(client.recv(2, socket.MSG_WAITALL))
    proxy.asked.append((f"{name}:{port}", ""))
    client.sendall(b"\x05\x00\x00\x01" + bytes(6))
    return True
