"""The sandbox as a thing to start and stop: one HTTP server in a thread."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import uvicorn

from components.sandbox.app_state import AppState
from components.sandbox.faults.fault import Faults
from components.sandbox.file_store import FileStore
from components.sandbox.http.connections import Connections
from components.sandbox.http.request_log import Received, RequestLog
from components.sandbox.http.routes import build_routes
from components.sandbox.jobs import Jobs
from components.sandbox.ledger.account import Ledger
from components.sandbox.ledger.database import Database
from components.sandbox.ledger.metrics import Metrics
from components.sandbox.options import SandboxOptions
from components.sandbox.restart import take_up

_DATABASE_NAME = "books.sqlite3"
_START_TIMEOUT_S = 10.0


class Sandbox:
    """The provider, on this machine.

    port: where to listen; 0 takes the port that `options.files_dir` was served on last, else any
    free one. pace_s: how long a video takes at least; pictures take half of it. Use as a context
    manager, or call `start` and `stop`.
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
        self._request_log: RequestLog | None = None
        self._database: Database | None = None
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
        return list(self._request_log.received) if self._request_log else []

    def start(self) -> None:
        """Open the database, go on with what it says is unfinished, and listen.

        Raises `OSError` when the port is taken, or `options.files_dir` is in use by another one.
        """
        folder = self._folder()
        self._database = database = Database(
            folder / _DATABASE_NAME if self.options.files_dir else None
        )
        self._renderers = ThreadPoolExecutor(self.options.render_threads, "sandbox-render")
        ledger = Ledger(database, self.options.balance_usd, refills=self.options.refills)
        metrics = Metrics(database, lambda model: self.options.catalog.by_id(model).endpoint())
        app_state = AppState(
            options=self.options,
            pace_s=self._pace_s,
            faults=self.faults,
            database=database,
            ledger=ledger,
            metrics=metrics,
            jobs=Jobs(ledger, metrics, database, self._pace_s),
            renderers=self._renderers,
            file_store=FileStore(folder),
        )
        self._request_log = RequestLog(build_routes(app_state), self.faults, self._connections)
        try:
            listener = self._first_listener(database.port())
        except OSError:
            self.stop()
            raise
        # Callers wait in the listener's queue until the database is in order.
        take_up(app_state)
        database.keep_port(self._port)
        self._serve(listener)

    def stop(self) -> None:
        """Stop listening; with `options.files_dir`, the next start goes on from here."""
        self._stop_listening()
        if self._renderers:
            self._renderers.shutdown(wait=True, cancel_futures=True)
        if self._database:
            self._database.close()
        if self._own_dir:
            self._own_dir.cleanup()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse every connection for a while, as a server that is down; nothing is forgotten."""
        self._stop_listening()
        try:
            yield
        finally:
            self._serve(self._listener(self._port))

    def wait(self) -> None:
        """Block until the server ends."""
        if self._thread:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _folder(self) -> Path:
        if self.options.files_dir is None:
            self._own_dir = tempfile.TemporaryDirectory(prefix="sandbox-")
            return Path(self._own_dir.name)
        self.options.files_dir.mkdir(parents=True, exist_ok=True)
        return self.options.files_dir

    def _first_listener(self, last_port: int) -> socket.socket:
        if self._port or not last_port:
            return self._listener(self._port)
        try:
            return self._listener(last_port)
        except OSError:
            return self._listener(0)

    def _listener(self, port: int) -> socket.socket:
        listener = socket.create_server((self._host, port), backlog=128)
        # Else an answer waits 40 ms for the reader to acknowledge its headers.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listener.getsockname()[1]
        return listener

    def _serve(self, listener: socket.socket) -> None:
        config = uvicorn.Config(
            self._request_log,  # type: ignore[arg-type]
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
            target=_run, args=(self._server, listener, ready), name="sandbox", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            raise OSError("The sandbox did not start.")

    def _stop_listening(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()


def _run(server: uvicorn.Server, listener: socket.socket, ready: threading.Event) -> None:
    # The socket is listening already: callers that come now are served a moment later.
    ready.set()
    with listener:
        server.run(sockets=[listener])
