"""Processes that share one PostgreSQL, each with a journal of its own, and waiting for them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from components.database.changes import NUMBERS
from components.runs.store.change_log import Journal
from components.runs.store.run_store import RunStore
from tests.samples.run_samples import run_store

WAIT_S = 20.0


@dataclass(frozen=True)
class Replica:
    """A store, and what tells the pages of one process what changed."""

    store: RunStore
    journal: Journal

    def hear(self) -> None:
        """Wait until the journal knows of the last change there is."""
        wait_until_heard(lambda: self.journal.now, self.store.database)


@contextmanager
def replica(url: str) -> Iterator[Replica]:
    """Open one; it shares nothing with others but the database."""
    store = run_store(url)
    journal = Journal(store.database)
    journal.start()
    try:
        yield Replica(store, journal)
    finally:
        journal.stop()
        store.close()


def wait_for(condition: Callable[[], bool]) -> float:
    """Wait for it to hold; returns for how many seconds. Raises `TimeoutError`."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > WAIT_S:
            raise TimeoutError
        time.sleep(0.002)
    return time.monotonic() - begun


def wait_until_heard(now: Callable[[], str], database: sa.Engine) -> None:
    """Wait until a journal knows of the last change there is."""
    asked = f"SELECT last_value FROM {NUMBERS} WHERE is_called"
    with database.connect().execution_options(reading=True) as connection:
        last = connection.exec_driver_sql(asked).scalar() or 0
    wait_for(lambda: int(now().rpartition("-")[2]) >= last)
