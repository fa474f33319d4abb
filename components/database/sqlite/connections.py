"""Connections to SQLite: what is set in the file, what in each connection, how a write begins."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.sqlite.errors import explained

PATIENCE = 6
"""What nobody waits for is tried so many times as long: it would only have to be done again."""
SPACE_PAGES = 500
"""Pages given back in one turn: 2 MB."""
_INCREMENTAL = 2
_FULL = 1


def sqlite_engine(url: str, busy_timeout_ms: int) -> sa.Engine:
    """Connections to one file; who writes waits up to `busy_timeout_ms` for another writer."""
    # Whoever waits for the write lock holds a connection: readers must not wait for one.
    engine = sa.create_engine(url, max_overflow=-1)
    sa.event.listen(engine, "handle_error", _explain)
    sa.event.listen(engine, "connect", partial(_prepare, busy_timeout_ms))
    sa.event.listen(engine, "begin", partial(_begin, busy_timeout_ms))
    _set_in_file(engine)
    return engine


def give_space_back(engine: sa.Engine) -> None:
    """Give the disk what the file no longer needs, in turns that nobody waits long for."""
    with _outside_transactions(engine) as cursor:
        left, before = 1, 0
        while left and left != before:
            before = left
            # The pragma works page by page, and only a script is carried on to its end.
            cursor.executescript(f"PRAGMA incremental_vacuum({SPACE_PAGES})")
            (left,) = cursor.execute("PRAGMA freelist_count").fetchone()


@contextmanager
def _outside_transactions(engine: sa.Engine) -> Iterator[Any]:
    """A cursor for what SQLite does in no transaction of ours. Raises `DatabaseUnavailable`."""
    with closing(engine.raw_connection()) as connection:
        try:
            yield connection.cursor()
        except sqlite3.Error as error:
            raise explained(error) or error from error


def _prepare(busy_timeout_ms: int, connection: Any, _record: object) -> None:
    """Set what does not stay in the file; nothing here may take a lock."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout={busy_timeout_ms}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _set_in_file(engine: sa.Engine) -> None:
    """Set what stays in the file, where it is not set: each of it takes the write lock."""

    def asked(name: str) -> Any:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    with _outside_transactions(engine) as cursor:
        is_new = not asked("page_count")
        # Before anything is written, else it has no effect.
        if is_new or asked("auto_vacuum") == _FULL:
            cursor.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
        if asked("journal_mode") != "wal":
            cursor.execute("PRAGMA journal_mode=WAL")


def _explain(context: sa.engine.ExceptionContext) -> None:
    """Raise what no statement is to blame for as the sentence that the user reads."""
    if unavailable := explained(context.original_exception):
        raise unavailable from context.sqlalchemy_exception


def _begin(busy_timeout_ms: int, connection: Connection) -> None:
    """Take the write lock at once: one wanted half-way cannot be waited for."""
    options = connection.get_execution_options()
    wait_ms = busy_timeout_ms * (PATIENCE if options.get("patient") else 1)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
    connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")
