"""A clean stop: what is in flight is finished, the rest is left for the next start."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.apps.playgrounds import SAMPLES
from tests.processes.measured import MEASURED
from tests.samples.run_samples import IMAGE_O1, database_url, run_store, sample_run
from tests.servers.provider_server import (
    Handler,
    Reply,
    ScriptedProvider,
    late,
    reply,
    scripted_provider,
)

WAIT_S = 120.0
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with scripted_provider() as running:
        running.replies = [slow_pictures(running)]
        yield running


def slow_pictures(provider: ScriptedProvider) -> Reply:
    """Answer a request for pictures after a while, and everything else at once."""
    picture = (SAMPLES / "place.jpg").read_bytes()

    def answer(handler: Handler) -> None:
        if handler.command == "POST":
            late(1.0, reply({"data": [{"url": f"{provider.url}/f.jpg"}]}))(handler)
        elif handler.path == "/f.jpg":
            reply(raw=picture)(handler)
        else:
            reply({"data": [], "models": [], "current_balance": 1.0})(handler)

    return answer


@contextmanager
def started(
    provider: ScriptedProvider, folder: Path, **settings: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **MEASURED,
        "AIML_API_KEY": "key",
        "AIML_API_BASE": provider.url,
        "GRADIO_SERVER_PORT": str(port),
        "PLAYGROUND_ALLOW_PRIVATE_HOSTS": provider.host,
        "PLAYGROUND_DATABASE_URL": database_url(folder),
        "PLAYGROUND_DATA_DIR": str(folder),
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **settings,
    }
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield process, port
        finally:
            process.kill()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)


@contextmanager
def unfinished_upload(port: int) -> Iterator[None]:
    """A request whose body never comes to its end: the server waits for it before it closes."""
    head = f"POST /uploads HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode())
        yield


def is_listening(port: int) -> bool:
    with closing(socket.socket()) as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


def test_a_stop_begins_nothing_from_the_first_moment_on(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    """The next in line waited only for the run in flight, and for as long as the page closes."""
    may_answer = threading.Event()

    def waiting(handler: Handler) -> None:
        if handler.command == "POST":
            may_answer.wait(WAIT_S)
            reply({"data": [{"url": f"{provider.url}/f.jpg"}]})(handler)
        else:
            slow_pictures(provider)(handler)

    provider.replies = [waiting]
    store = run_store(tmp_path)
    now = time.time()
    for number in range(3):
        store.add(sample_run(f"run-{number}", model=IMAGE_O1, created_at=now, next_step_at=now))
    with started(provider, tmp_path, PLAYGROUND_MAX_IN_FLIGHT="1") as (process, port):
        while not provider.post_count:
            time.sleep(0.02)
        with unfinished_upload(port):
            process.send_signal(signal.SIGTERM)
            while is_listening(port):
                time.sleep(0.01)
            may_answer.set()
            assert process.wait(WAIT_S) == 0
    statuses = sorted(store.get(f"run-{number}").status for number in range(3))
    store.close()
    assert provider.post_count == 1
    assert statuses[:2] == ["queued", "queued"]
    assert statuses[2] in ("saving", "done")


def test_a_stop_finishes_the_request_in_flight(provider: ScriptedProvider, tmp_path: Path) -> None:
    store = run_store(tmp_path)
    now = time.time()
    store.add(sample_run(model=IMAGE_O1, created_at=now, next_step_at=now))
    with started(provider, tmp_path) as (process, _):
        while not provider.post_count:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0
    run = store.get("run-1")
    store.close()
    assert run.status in ("saving", "done")
    assert run.outputs[0].remote_url == f"{provider.url}/f.jpg"
    assert provider.post_count == 1
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as database:
        assert database.execute("SELECT lease_until FROM runs").fetchall() == [(0.0,)]
