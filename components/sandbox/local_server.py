"""The sandbox as a thing to start and stop: one HTTP server in a thread."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from components.sandbox.arrivals import Arrivals, Received
from components.sandbox.connections import Connections
from components.sandbox.faults import Faults
from components.sandbox.generations import Workshop
from components.sandbox.jobs import Jobs
from components.sandbox.ledger import Ledger
from components.sandbox.metrics import Metrics
from components.sandbox.options import SandboxOptions
from components.sandbox.routes import build_routes

_START_TIMEOUT_S = 10.0


class Sandbox:
    """The provider, on this machine.

    port: where to listen; 0 takes any free port. pace_s: how long a video takes at least; pictures
    take half of it. Use as a context manager, or call `start` and `stop`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        pace_s: float = 4.0,
        faults: Faults | None = None,
        options: SandboxOptions | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.options = options or SandboxOptions()
        self._host, self._port, self._pace_s = host, port, pace_s
        self._arrivals: Arrivals | None = None
        self._own_dir: tempfile.TemporaryDirectory[str] | None = None
        self._renderers: ThreadPoolExecutor | None = None
        self._connections = Connections()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address to use as the provider's base, without a slash at the end."""
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host  # noqa: S104
        return f"http://{host}:{self._port}"

    @property
    def received(self) -> list[Received]:
        """Every request that arrived, oldest first."""
        return list(self._arrivals.received) if self._arrivals else []

    def start(self) -> None:
        """Open the books and listen. Raises `OSError` when the port is taken."""
        files_dir = self.options.files_dir
        if files_dir is None:
            self._own_dir = tempfile.TemporaryDirectory(prefix="sandbox-")
            files_dir = Path(self._own_dir.name)
        files_dir.mkdir(parents=True, exist_ok=True)
        self._renderers = ThreadPoolExecutor(self.options.render_threads, "sandbox-render")
        ledger, metrics = Ledger(self.options.balance_usd), Metrics()
        workshop = Workshop(
            options=self.options,
            pace_s=self._pace_s,
            faults=self.faults,
            ledger=ledger,
            metrics=metrics,
            jobs=Jobs(ledger, metrics, self._pace_s),
            renderers=self._renderers,
            files_dir=files_dir,
        )
        self._arrivals = Arrivals(build_routes(workshop), self.faults, self._connections)
        try:
            self._listen()
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop listening and drop what is not finished."""
        self._stop_listening()
        if self._renderers:
            self._renderers.shutdown(wait=True, cancel_futures=True)
        if self._own_dir:
            self._own_dir.cleanup()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse every connection for a while, as a server that is down; nothing is forgotten."""
        self._stop_listening()
        try:
            yield
        finally:
            self._listen()

    def wait(self) -> None:
        """Block until the server ends."""
        if self._thread:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listen(self) -> None:
        listener = socket.create_server((self._host, self._port), backlog=128)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._arrivals,  # type: ignore[arg-type]
            http=self._connections.protocol_class(),
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        ready = threading.Event()
        self._thread = threading.Thread(
            target=_serve, args=(self._server, listener, ready), name="sandbox", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            raise OSError("The sandbox did not start.")

    def _stop_listening(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()


def _serve(server: uvicorn.Server, listener: socket.socket, ready: threading.Event) -> None:
    # The socket is listening already: callers that come now are served a moment later.
    ready.set()
    with listener:
        server.run(sockets=[listener])
