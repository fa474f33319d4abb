"""The sockets behind the requests, so that a connection can be reset or cut as in real life."""

import asyncio
import socket
import struct

from uvicorn.protocols.http.h11_impl import H11Protocol

Client = tuple[str, int]


class Connections:
    """The open connections of one server, by the caller's address and port."""

    def __init__(self) -> None:
        self._open: dict[Client, asyncio.Transport] = {}

    def protocol_class(self) -> type[H11Protocol]:
        """Return a protocol for uvicorn that keeps this register up to date."""
        register = self._open

        class RegisteredProtocol(H11Protocol):
            """Speaks HTTP as usual and notes its transport."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                self.peer: Client = transport.get_extra_info("peername")[:2]
                register[self.peer] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                register.pop(self.peer, None)
                super().connection_lost(exc)

        return RegisteredProtocol

    def reset(self, client: Client) -> None:
        """End the connection at once with a TCP reset; what was not sent yet is lost."""
        transport = self._open[client]
        lingering = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, lingering
        )
        transport.abort()

    def hang_up(self, client: Client) -> None:
        """Close the connection after what was written so far."""
        self._open[client].close()
