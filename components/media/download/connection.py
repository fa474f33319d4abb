"""Connections to public addresses only, with one deadline for everything that happens on them.

The address that was checked is the address that is connected to, so a name that answers
differently the second time gains nothing; TLS still verifies the name.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from ipaddress import ip_address
from typing import Any

import httpcore

from components.errors import AddressBlocked
from components.media.download.addresses import is_public
from components.media.download.timeouts import Deadline

_LOOK_UP_S = 2.0
Resolver = Callable[[str, int], Sequence[str]]


class NameUnknown(httpcore.ConnectError):
    """The resolver knows no host of this name."""


def resolve_by_system(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raises `OSError` when the name is unknown."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose every operation ends by the deadline, so that drops of data cannot hold it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read at most `max_bytes`."""
        return self._stream.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the buffer."""
        self._stream.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Begin TLS, verified against the host's name and not its number."""
        bounded_s = self._deadline.bound(timeout)
        secure = self._stream.start_tls(ssl_context, server_hostname, bounded_s)
        return DeadlineStream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Pass on what the stream below knows."""
        return self._stream.get_extra_info(info)


class PublicBackend(httpcore.NetworkBackend):
    """Connects to a host once all of its addresses are known to be public."""

    def __init__(
        self, resolve: Resolver, allowed_hosts: frozenset[str], deadline: Deadline
    ) -> None:
        self._resolve = resolve
        self._allowed_hosts = allowed_hosts
        self._deadline = deadline
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises `AddressBlocked` for a private one."""
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._addresses(host, port, self._deadline.bound(timeout)):
            bounded_s = self._deadline.bound(timeout)
            try:
                stream = self._system.connect_tcp(
                    address, port, bounded_s, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return DeadlineStream(stream, self._deadline)
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int, timeout_s: float) -> Sequence[str]:
        try:
            addresses = _in_time(lambda: self._resolve(host, port), timeout_s)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not found in time") from error
        except (OSError, UnicodeError) as error:
            raise NameUnknown(f"{host} is not known") from error
        shown = f"[{host}]" if ":" in host else host
        if f"{shown}:{port}" not in self._allowed_hosts:
            _require_public(host, addresses)
        return addresses


def require_public_name(host: str, port: int, resolve: Resolver, deadline: Deadline) -> None:
    """Judge a name that a proxy will look up by what this machine knows of it, if anything.

    Raises `AddressBlocked`.
    """
    try:
        addresses = _in_time(lambda: resolve(host, port), deadline.bound(_LOOK_UP_S))
    except (TimeoutError, OSError, UnicodeError):
        # Behind a proxy, names of the world are often unknown.
        return
    _require_public(host, addresses)


def _require_public(host: str, addresses: Sequence[str]) -> None:
    """One private answer among public ones is how rebinding begins: all must be public."""
    for address in addresses:
        if not is_public(ip_address(address)):
            raise AddressBlocked(f"{host} leads to a private or reserved network.")


def _in_time(look_up: Callable[[], Sequence[str]], timeout_s: float) -> Sequence[str]:
    """Wait for an answer to the system's resolver, which has no limit of its own.

    Raises `TimeoutError`, and what `look_up` raises; its thread ends when it does.
    """
    answer: Future[Sequence[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(look_up())
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    return answer.result(timeout_s)
