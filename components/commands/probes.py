"""The address that a monitor asks a worker at, which has no page."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from components.commands.serving import open_listener
from components.errors import SettingsError

ENDS_WITHIN_S = 2.0


@contextmanager
def answering_probes(app: ASGIApp, host: str, port: int) -> Iterator[str]:
    """Serve `probes_app(…)` beside the work, at a free port for 0; gives its address.

    Raises:
        SettingsError: nobody can listen there.
    """
    try:
        listener = open_listener(host, port)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise SettingsError(
            f"Cannot listen on {host}:{port} for probes ({reason}). Set another port."
        ) from None
    with listener:
        config = uvicorn.Config(app, ws="none", log_config=None, log_level="warning")
        server = uvicorn.Server(config)
        # Its signals are the worker's own; in a thread, the server leaves them alone.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(ENDS_WITHIN_S)
