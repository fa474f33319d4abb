"""Hundreds of runs: a dead provider is left alone, limits hold, and the queue is in order."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.runs.engine.scheduler import WORKERS, Engine
from components.runs.run import Run, Status
from components.runs.store.run_store import RunStore
from components.runs.timing.breaker import FAILURES_IN_A_ROW
from components.runs.timing.provider_throttle import Limits, ProviderThrottle
from tests.samples.run_samples import FRAMES, IMAGE_O1, sample_run, step_runner
from tests.servers.provider_server import ScriptedProvider, html

WAIT_S = 20.0
CROWD = 100


@contextmanager
def running(
    store: RunStore, advance: Callable[[Run], Run], throttle: ProviderThrottle
) -> Iterator[Engine]:
    engine = Engine(store, advance, throttle=throttle)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def add(store: RunStore, count: int, **changes: object) -> None:
    now = time.time()
    store.add(
        *(
            sample_run(
                f"{changes.get('status', 'queued')}-{number:03}",
                **{"created_at": now - 100 + number, "next_step_at": now, **changes},
            )
            for number in range(count)
        )
    )


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_dead_provider_is_not_hammered_by_hundreds_of_runs(
    store: RunStore, provider: ScriptedProvider, tmp_path: Path
) -> None:
    provider.replies = [html(502)]
    steps = step_runner(provider, store, tmp_path, time.time)
    add(store, CROWD)
    add(store, CROWD, status=Status.GENERATING, generation_id="g-1", submitted_at=time.time())
    with running(store, steps.advance, steps.context.throttle):
        until(lambda: steps.context.throttle.word(time.time()) != "")
        time.sleep(0.3)
    workers = sum(WORKERS.values())
    assert FAILURES_IN_A_ROW <= len(provider.received) <= FAILURES_IN_A_ROW + workers
    assert store.get("queued-099").status is Status.QUEUED
    assert steps.context.throttle.word(time.time()).startswith(
        "The provider does not answer as it should; trying again at "
    )


def test_runs_beyond_the_limit_of_a_minute_wait_in_the_order_they_were_made(
    store: RunStore,
) -> None:
    sent: list[str] = []
    lock = threading.Lock()

    def send(run: Run) -> Run:
        with lock:
            sent.append(run.id)
        return run.moved(Status.SAVING, time.time() + 60, "Made.")

    add(store, 10)
    with running(store, send, ProviderThrottle(Limits(per_minute=4))):
        until(lambda: len(sent) == 4)
        time.sleep(0.2)
    assert sorted(sent) == ["queued-000", "queued-001", "queued-002", "queued-003"]
    assert store.place(store.get("queued-009")) == 6
    with running(store, send, ProviderThrottle(Limits(per_minute=5))):
        until(lambda: len(sent) == 5)
        time.sleep(0.2)
    assert sent[4:] == ["queued-004"]


@pytest.mark.parametrize("model", [FRAMES, IMAGE_O1])
def test_no_more_runs_are_at_the_provider_at_once_than_allowed(store: RunStore, model: str) -> None:
    at_once: list[int] = []
    lock, going = threading.Lock(), 0

    def send(run: Run) -> Run:
        nonlocal going
        with lock:
            going += 1
            at_once.append(going)
        time.sleep(0.02)
        with lock:
            going -= 1
        return run.moved(Status.SAVING, time.time() + 60, "Made.")

    add(store, 8, model=model)
    with running(store, send, ProviderThrottle(Limits(in_flight=2))):
        until(lambda: len(at_once) == 8)
    assert max(at_once) <= 2
