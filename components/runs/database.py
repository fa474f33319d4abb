"""The database: one place that knows how to open it. SQLite by default, PostgreSQL by URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.upgrade import upgrade

METADATA = sa.MetaData()
BUSY_TIMEOUT_MS = 15_000


def open_database(url: str) -> sa.Engine:
    """Open it, with the tables, columns and indexes that `METADATA` describes."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin)
    with engine.begin() as connection:
        upgrade(connection, METADATA)
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[Connection]:
    """A connection that takes no write lock."""
    with engine.connect() as connection:
        yield connection.execution_options(reading=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at once: one wanted half-way cannot be waited for."""
    for_reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if for_reading else "BEGIN IMMEDIATE")
