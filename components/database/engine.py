"""The database: one place that knows how to open it, a SQLite file or a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.migrations import bring_up_to_date
from components.database.sqlite import connections as sqlite
from components.errors import SettingsError

BUSY_TIMEOUT_MS = 2_500
"""So long a click waits for another writer; then it is told so."""
POSTGRESQL = "postgresql"
_OF_ONE_MOMENT: dict[str, dict[str, Any]] = {
    "sqlite": {},
    POSTGRESQL: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
"""What PostgreSQL has to be asked for; in SQLite it is always so."""


def is_postgresql(url: str) -> bool:
    """Whether an address is that of a PostgreSQL server."""
    return url.startswith(POSTGRESQL)


def open_database(url: str, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sa.Engine:
    """Open it, with the tables that the schema describes.

    What goes wrong at the database itself is raised as `DatabaseUnavailable`, here and later. A
    write waits up to `busy_timeout_ms` for another writer. Raises `SettingsError` where the address
    leads to no PostgreSQL that can be used.
    """
    engine = _connected(url, busy_timeout_ms)
    # On PostgreSQL who only starts need not wait for a writer, but for who brings it up to date.
    opening = row_by_row(engine) if is_postgresql(url) else engine
    try:
        with opening.begin() as connection:
            bring_up_to_date(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _connected(url: str, busy_timeout_ms: int) -> sa.Engine:
    if not is_postgresql(url):
        return sqlite.sqlite_engine(url, busy_timeout_ms)
    # Its driver is there only where several machines share a database.
    try:
        from components.database.postgresql.connections import postgresql_engine  # noqa: PLC0415
        from components.database.postgresql.server import check_server  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SettingsError(
            f"PLAYGROUND_DATABASE_URL names a PostgreSQL, but the package {missing.name} is not "
            "installed. Nothing was started. Run `pip install -r requirements-cluster.txt`."
        ) from None
    check_server(url)
    return postgresql_engine(url, busy_timeout_ms)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[Connection]:
    """A connection that takes no write lock; all that it reads is of one moment."""
    with engine.connect() as connection:
        yield connection.execution_options(reading=True, **_OF_ONE_MOMENT[engine.dialect.name])


def patient(engine: sa.Engine) -> sa.Engine:
    """The same database for what no person waits for: it waits longer for another writer."""
    return engine.execution_options(patient=True)


def row_by_row(engine: sa.Engine) -> sa.Engine:
    """The same database for what locks the rows that it writes: it waits for no other writer.

    SQLite knows one writer at a time all the same.
    """
    return engine.execution_options(patient=True, row_by_row=True)


def give_space_back(engine: sa.Engine) -> None:
    """Give the disk what the file no longer needs; PostgreSQL sees to that by itself."""
    if engine.dialect.name == "sqlite":
        sqlite.give_space_back(engine)
