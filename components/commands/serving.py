"""A playground on its socket: it listens, says where, and ends in good order."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from components.commands.drivers import STOP_S
from components.errors import SettingsError
from components.settings import Settings


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens, at a free port for 0. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # Connections inherit it, and asyncio leaves it out for sockets it did not make: without it an
    # answer waits 40 ms for the reader to acknowledge its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def listen(settings: Settings) -> socket.socket:
    """Listen where the settings say. Raises `SettingsError`."""
    try:
        return open_listener(settings.server_name, settings.server_port)
    except OSError as error:
        # Python adds in brackets which address it was, as it writes one.
        reason = str(error.strerror).partition(" (")[0]
        raise SettingsError(
            f"Cannot listen on {settings.server_name}:{settings.server_port} "
            f"({reason}). Set GRADIO_SERVER_PORT to another port."
        ) from None


def serve(web: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Serve until the process is told to end; what is in flight has `STOP_S` then."""
    host = settings.server_name
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    mode = "sandbox: nothing is charged" if settings.is_sandbox else f"live: {settings.base_url}"
    print(  # noqa: T201
        f"\n  Kling O1 Playground ({mode})\n  http://{shown}:{listener.getsockname()[1]}\n",
        flush=True,
    )
    # uvicorn ends by raising the signal again; as an exit it lets the engine finish its work.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        web,
        # Nothing here speaks WebSocket, and what would need not be loaded.
        ws="none",
        # Its lines are written as all others are.
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=1,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    try:
        _Server(config, web.state.stop_taking_runs).run(sockets=[listener])
    finally:
        end = threading.Timer(STOP_S + 1.0, os._exit, args=[0])
        end.daemon = True
        end.start()


class _Server(uvicorn.Server):
    """Stops to take runs the moment it is told to end, not only when its connections are closed."""

    def __init__(self, config: uvicorn.Config, stop_taking: Callable[[], object]) -> None:
        super().__init__(config)
        self._stop_taking = stop_taking

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stop_taking()
        super().handle_exit(sig, frame)
