"""A SQLite database opened to be read only: its file stays as it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import open_database
from components.database.migrations import is_up_to_date
from components.database.sqlite.errors import explained


@contextmanager
def opened_read_only(file: Path, scratch: Path) -> Iterator[sa.Engine]:
    """A kept database; of one of an earlier version a copy in `scratch` is brought up to date.

    Raises `DatabaseUnavailable`, also for one of a newer version.
    """
    engine = _reading_engine(file)
    with TemporaryDirectory(dir=scratch) as folder:
        try:
            with engine.connect() as connection:
                if not is_up_to_date(connection):
                    engine = _copy_of_today(file, Path(folder) / "copy.sqlite3")
            yield engine
        finally:
            engine.dispose()


def _copy_of_today(file: Path, target: Path) -> sa.Engine:
    with (
        closing(sqlite3.connect(target)) as copy,
        closing(sqlite3.connect(_address(file), uri=True)) as kept,
    ):
        kept.backup(copy)
    return open_database(f"sqlite:///{target}")


def _address(file: Path) -> str:
    return f"file:{quote(str(file.absolute()))}?mode=ro"


def _reading_engine(file: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{_address(file)}&uri=true")
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "handle_error", _explain)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _explain(context: sa.engine.ExceptionContext) -> None:
    if unavailable := explained(context.original_exception):
        raise unavailable from context.sqlalchemy_exception
