"""`/readyz` tells what does not answer: in time, in words for anybody, and at no cost."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from components.errors import DatabaseUnavailable
from components.interface.web.app import WebOptions
from components.interface.web.monitoring.monitoring_routes import probes_app
from components.interface.web.monitoring.readiness import KEPT_S, NO_WORKER, Part, Readiness
from components.sandbox import Sandbox
from tests.apps.playgrounds import SAMPLES, Playground
from tests.apps.replicas import replica
from tests.samples.run_samples import Clock

SECRET = "postgresql://ada:lovelace@10.0.0.1/runs"
SILENT = "It does not answer."


def asked(*parts: Part, clock: Clock | None = None, wait_s: float = 5.0) -> TestClient:
    readiness = Readiness(*parts, wait_s=wait_s, clock=clock or Clock())
    return TestClient(probes_app(readiness))


def test_a_playground_on_its_own_is_ready(playground: Playground) -> None:
    answer = httpx.get(f"{playground.url}/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"database": "ok", "media": "ok", "worker": "ok"},
    )
    assert answer.headers["cache-control"] == "no-store"


def test_a_replica_without_a_worker_says_so_and_needs_no_login(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    options = WebOptions(SAMPLES.parent, {"ada": "lovelace"})
    with replica(tmp_path, sandbox.url, options=options, workers_alive=lambda: 0) as alone:
        answer = httpx.get(f"{alone.url}/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"database": "ok", "media": "ok", "worker": NO_WORKER}
        assert httpx.get(f"{alone.url}/readyz?without=worker").status_code == 200
        assert httpx.get(alone.url).status_code == 401


def test_what_fails_is_named_and_nothing_of_why() -> None:
    def fails() -> None:
        raise DatabaseUnavailable(SECRET)

    with asked(Part("database", fails, SILENT), Part("media", lambda: True, "")) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": SILENT, "media": "ok"})
    assert "lovelace" not in answer.text + str(answer.headers)


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    """Whoever waits for it hangs until the test is over."""
    over = threading.Event()
    yield over
    over.set()


def test_a_database_that_hangs_holds_one_thread_and_no_probe(hanging: threading.Event) -> None:
    begun = []

    def hangs() -> None:
        begun.append(1)
        hanging.wait()

    clock = Clock()
    began = time.monotonic()
    with asked(Part("database", hangs, SILENT), clock=clock, wait_s=0.05) as client:
        for _ in range(5):
            assert client.get("/readyz").json() == {"database": SILENT}
            assert client.get("/healthz").text == "ok"
            clock.now += 2 * KEPT_S
    assert len(begun) == 1
    assert time.monotonic() - began < 10.0


def test_many_probes_ask_once_a_second() -> None:
    begun, clock = list[float](), Clock()
    part = Part("database", lambda: begun.append(clock.now), SILENT)
    with asked(part, clock=clock) as client:
        for _ in range(20):
            assert client.get("/readyz").status_code == 200
        assert len(begun) == 1
        clock.now += KEPT_S
        client.get("/readyz")
    assert len(begun) == 2
