"""A database that is locked for a while loses nothing and sends nothing twice."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from components.errors import DatabaseUnavailable
from components.runs.engine import Engine
from components.runs.run import Run, Status
from components.runs.store import RunStore
from tests.run_samples import FRAMES, IMAGE_O1, database_url, sample_run

WAIT_S = 20.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    slow = frozenset({IMAGE_O1})
    opened = RunStore(database_url(tmp_path), slow_models=slow, busy_timeout_ms=20)
    yield opened
    opened.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the write lock, as another program might."""
    with closing(sqlite3.connect(folder / "runs.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_run_that_cannot_be_kept_is_declined_in_plain_words(
    store: RunStore, tmp_path: Path
) -> None:
    with locked(tmp_path), pytest.raises(DatabaseUnavailable) as caught:
        store.add(sample_run())
    assert str(caught.value) == (
        "The database cannot be used just now (database is locked). "
        "Nothing was sent or charged. Try again in a moment."
    )
    store.add(sample_run())


@pytest.mark.parametrize("model", [FRAMES, IMAGE_O1])
def test_what_a_step_brought_is_kept_until_it_can_be_written(
    store: RunStore, tmp_path: Path, model: str
) -> None:
    sent: list[str] = []
    may_answer = threading.Event()

    def send(run: Run) -> Run:
        sent.append(run.id)
        assert may_answer.wait(WAIT_S)
        at = time.time() + 60
        return run.moved(Status.GENERATING, at, "Accepted.", generation_id="g-1")

    now = time.time()
    store.add(sample_run(model=model, created_at=now, next_step_at=now))
    engine = Engine(store, send)
    engine.start()
    reached(lambda: bool(sent))
    with locked(tmp_path):
        may_answer.set()
        time.sleep(0.2)
        assert store.get("run-1").status is Status.SUBMITTING
    reached(lambda: store.get("run-1").status is Status.GENERATING)
    engine.stop()
    assert sent == ["run-1"]
    assert store.get("run-1").generation_id == "g-1"


def reached(state: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not state():
        assert time.monotonic() < deadline
        time.sleep(0.01)
