"""A database that is locked for a while loses nothing and sends nothing twice."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool

from components.database.engine import BUSY_TIMEOUT_MS, patient, reading
from components.errors import DatabaseUnavailable
from components.runs.engine.scheduler import Engine as RunEngine
from components.runs.queries.history import Query
from components.runs.run import Run, Status
from components.runs.store.row_updates import find_run
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import FRAMES, IMAGE_O1, database_url, sample_run

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
        "The database stayed locked, it seems by another program. "
        "Nothing was sent or charged. Try again in a moment."
    )
    store.add(sample_run())


def test_new_connections_read_at_once_while_another_program_writes(
    store: RunStore, tmp_path: Path
) -> None:
    """All at once, so that most of them find no connection that is open already."""
    store.add(sample_run())
    count = 12
    together = threading.Barrier(count)

    def read(_: int) -> Status:
        with reading(store.database) as connection:
            together.wait(WAIT_S)
            return find_run(connection, "run-1").status

    with locked(tmp_path), ThreadPoolExecutor(count) as pool:
        assert list(pool.map(read, range(count))) == [Status.QUEUED] * count


def test_readers_do_not_wait_for_those_who_wait_to_write(tmp_path: Path) -> None:
    store = RunStore(database_url(tmp_path), busy_timeout_ms=60_000)
    count = 20
    with ThreadPoolExecutor(count) as pool, locked(tmp_path):
        for number in range(count):
            pool.submit(store.add, sample_run(f"{number}"))
        reached(lambda: connections(store) == count)
        assert not store.find(Query()).runs
    assert len(store.find(Query()).runs) == count
    store.close()


def connections(store: RunStore) -> int:
    """How many connections are lent."""
    pool = store.database.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def test_a_click_is_told_within_seconds_and_the_engine_waits_longer(tmp_path: Path) -> None:
    store = RunStore(database_url(tmp_path))
    assert waits_ms(store.database) == BUSY_TIMEOUT_MS <= 3000
    assert waits_ms(patient(store.database)) > BUSY_TIMEOUT_MS
    assert waits_ms(store.database) == BUSY_TIMEOUT_MS
    store.close()


def waits_ms(database: Engine) -> int:
    """How long a transaction waits for another writer."""
    with database.begin() as connection:
        return int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())


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
    engine = RunEngine(store, send)
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
