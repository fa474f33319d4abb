"""A playground in this process, with a small sandbox behind it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from gradio_client import Client
from starlette.types import ASGIApp

from components.catalog import Catalog
from components.commands.playground import running_playground
from components.commands.serving import open_listener
from components.runs.run import FINAL
from components.sandbox import Sandbox, SandboxOptions
from components.settings import Settings
from tests.samples.models import CATALOG

START_TIMEOUT_S = 30.0
RUN_TIMEOUT_S = 60.0
GUESS_S = 1.0
"""Let the engine expect an answer within a second, as the small sandbox gives it."""
KEY = "test-key-9f8e7d"
SAMPLES = Path(__file__).resolve().parents[2] / "assets" / "samples"

RunJson = dict[str, Any]


@dataclass(frozen=True)
class Playground:
    """A playground that listens, and the sandbox it speaks to."""

    url: str
    sandbox: Sandbox
    data_dir: Path


def small_sandbox(pace_s: float = 0.4, catalog: Catalog = CATALOG) -> Sandbox:
    """A sandbox that answers quickly with small files."""
    options = SandboxOptions(picture_long_side_px=320, video_short_side_px=180, catalog=catalog)
    return Sandbox(pace_s=pace_s, options=options)


def serving(
    data_dir: Path, sandbox: Sandbox, *, catalog: Catalog = CATALOG, **environment: str
) -> AbstractContextManager[Playground]:
    """A playground in this process, on a free port, that keeps its data in `data_dir`."""
    return serving_behind(lambda web: web, data_dir, sandbox, catalog=catalog, **environment)


@contextmanager
def serving_behind(
    around: Callable[[ASGIApp], ASGIApp],
    data_dir: Path,
    sandbox: Sandbox,
    *,
    catalog: Catalog = CATALOG,
    **environment: str,
) -> Iterator[Playground]:
    """The same with something before the whole of it."""
    settings = Settings.from_env(
        {
            "AIML_API_KEY": KEY,
            "AIML_API_BASE": sandbox.url,
            "PLAYGROUND_DATA_DIR": str(data_dir),
            "PLAYGROUND_ALLOW_PRIVATE_HOSTS": sandbox.url.removeprefix("http://"),
            **environment,
        }
    )
    with (
        running_playground(settings, GUESS_S, catalog) as web,
        listening(around(web)) as url,
    ):
        _wait_for(url)
        yield Playground(url, sandbox, data_dir)


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """An app on a free port of this machine; its address."""
    with open_listener("127.0.0.1", 0) as listener:
        config = uvicorn.Config(app, ws="none", log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_TIMEOUT_S)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{url} did not answer within {START_TIMEOUT_S} s")


def posts(sandbox: Sandbox) -> list[Any]:
    """The bodies of all requests for a generation that reached the sandbox, oldest first."""
    return [arrival.body for arrival in sandbox.received if arrival.method == "POST"]


def finished(client: Client, run: RunJson) -> RunJson:
    """Ask for a run until nothing happens to it any more."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while run["status"] not in FINAL:
        if time.monotonic() > deadline:
            raise TimeoutError(f"run {run['id']} is still {run['status']}")
        time.sleep(0.05)
        run = client.predict(run_id=run["id"], api_name="/run")
    return run
