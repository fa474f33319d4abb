"""The database: one place that knows how to open it. SQLite by default, PostgreSQL by URL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.errors import DatabaseUnavailable
from components.runs.upgrade import upgrade

METADATA = sa.MetaData()
BUSY_TIMEOUT_MS = 15_000
SPACE_PAGES = 500
"""Pages given back in one turn: 2 MB."""


def open_database(url: str, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sa.Engine:
    """Open it, with the tables, columns and indexes that `METADATA` describes.

    What goes wrong at the database itself is raised as `DatabaseUnavailable`, here and later.
    SQLite waits up to `busy_timeout_ms` for another writer.
    """
    engine = sa.create_engine(url)
    sa.event.listen(engine, "handle_error", _explain)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", partial(_prepare_sqlite, busy_timeout_ms))
        sa.event.listen(engine, "begin", _begin)
    with engine.begin() as connection:
        upgrade(connection, METADATA)
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[Connection]:
    """A connection that takes no write lock."""
    with engine.connect() as connection:
        yield connection.execution_options(reading=True)


def give_space_back(engine: sa.Engine) -> None:
    """Give the disk what a SQLite file no longer needs, in turns that nobody waits long for."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        left, before = 1, 0
        while left and left != before:
            before = left
            # The pragma works page by page, and only a script is carried on to its end.
            cursor.executescript(f"PRAGMA incremental_vacuum({SPACE_PAGES})")
            (left,) = cursor.execute("PRAGMA freelist_count").fetchone()


def _prepare_sqlite(busy_timeout_ms: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    pragmas = (
        f"busy_timeout={busy_timeout_ms}",
        "auto_vacuum=INCREMENTAL",  # before anything is written, else it has no effect
        "journal_mode=WAL",
        "synchronous=FULL",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _explain(context: sa.engine.ExceptionContext) -> None:
    """Raise what no statement is to blame for as the sentence that the user reads."""
    error = context.sqlalchemy_exception
    if isinstance(error, sa.exc.OperationalError):
        reason = str(error.orig).strip().partition("\n")[0].rstrip(".")
        raise DatabaseUnavailable(f"The database cannot be used just now ({reason}).") from error


def _begin(connection: Connection) -> None:
    """Take the write lock at once: one wanted half-way cannot be waited for."""
    for_reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if for_reading else "BEGIN IMMEDIATE")
