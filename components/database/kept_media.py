"""What an object store keeps, in a table: who asks, keeps and deletes goes by it.

A row is written before its object and removed after it, so every object has one, and what somebody
else put beside ours is never deleted. A file goes in two steps: it is marked as deleted, which
takes a moment and may happen inside another write; later its object is removed. Whoever keeps the
same content in between takes the mark off again. Once a removal is on its way that is too late:
it may still arrive when nobody waits for its answer any more, so the file is not kept for so long.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from components.database.engine import open_database, reading, row_by_row
from components.database.media_tables import KEPT_MEDIA

REMOVAL_DOUBT_S = 60.0
"""So long a removal without an answer may still arrive at the object store."""
_COLUMNS = KEPT_MEDIA.c
_IS_THERE = _COLUMNS.is_whole & _COLUMNS.deleted_at.is_(None)


@dataclass(frozen=True)
class KeptRow:
    """A file of the table; `kept_at` is when it was last handed in, in seconds since the epoch."""

    name: str
    size_bytes: int
    kept_at: float
    is_there: bool


class KeptMedia:
    """The table, in transactions of its own that are over in a moment. Times are in seconds.

    Every method raises `DatabaseUnavailable`.
    """

    def __init__(self, database: sa.Engine) -> None:
        self._database = row_by_row(database)

    def find(self, name: str) -> KeptRow | None:
        """The row of a file; one that is on its way, or deleted, is not there."""
        with reading(self._database) as connection:
            row = connection.execute(KEPT_MEDIA.select().where(_COLUMNS.name == name)).first()
        return _kept_row(row) if row else None

    def all(self) -> Iterator[KeptRow]:
        """Every file that is kept or on its way, in no order."""
        with reading(self._database) as connection:
            rows = connection.execute(KEPT_MEDIA.select().where(_COLUMNS.deleted_at.is_(None)))
            yield from map(_kept_row, rows.all())

    def size_bytes(self) -> int:
        """Return the size of everything that is there."""
        with reading(self._database) as connection:
            total = connection.scalar(sa.select(sa.func.sum(_COLUMNS.size_bytes)).where(_IS_THERE))
        return int(total or 0)

    def claim(self, name: str, size_bytes: int, now: float) -> bool:
        """Note that a file is wanted from now on, before its object is looked for.

        False while a removal of it may be under way.
        """
        with self._database.begin() as connection:
            self._insert(connection, name, size_bytes, now)
            row = _locked(connection, name)
            if row is None or _is_in_doubt(row.removal_at, now):
                return False
            is_whole = row.is_whole and row.removal_at is None
            marks = {"deleted_at": None, "removal_at": None}
            given = {"size_bytes": size_bytes, "kept_at": now}
            _update(connection, name, is_whole=is_whole, **given, **marks)
        return True

    def confirm(self, name: str, now: float) -> bool:
        """Note that the object of a claimed file is complete; False if it was deleted meanwhile."""
        mine = (_COLUMNS.name == name) & _COLUMNS.deleted_at.is_(None)
        with self._database.begin() as connection:
            update = KEPT_MEDIA.update().where(mine, _COLUMNS.removal_at.is_(None))
            return connection.execute(update.values(is_whole=True, kept_at=now)).rowcount == 1

    def delete(self, name: str, idle_s: float, now: float) -> bool:
        """Mark a file as deleted, unless it was handed in during the last `idle_s`."""
        with self._database.begin() as connection:
            # What was put there before this table was made has no row, and goes all the same.
            self._insert(connection, name, 0, 0.0)
            row = _locked(connection, name)
            if row is None or row.deleted_at is not None:
                return True
            age_s = now - row.kept_at
            if age_s < 0 and idle_s:
                # The clock was set back: counted from now on, or the file would stay for long.
                _update(connection, name, kept_at=now)
            if age_s < idle_s:
                return False
            _update(connection, name, deleted_at=now)
        return True

    def to_remove(self, now: float, limit: int) -> list[str]:
        """Names of deleted files whose objects are to be removed, the oldest first."""
        deleted = sa.select(_COLUMNS.name, _COLUMNS.removal_at).where(
            _COLUMNS.deleted_at.is_not(None)
        )
        with reading(self._database) as connection:
            rows = connection.execute(deleted.order_by(_COLUMNS.deleted_at).limit(limit)).all()
        return [row.name for row in rows if not _is_in_doubt(row.removal_at, now)]

    def begin_removal(self, name: str, now: float) -> bool:
        """Note that the object store is asked now; False if the file is wanted again."""
        with self._database.begin() as connection:
            row = _locked(connection, name)
            if row is None or row.deleted_at is None or _is_in_doubt(row.removal_at, now):
                return False
            _update(connection, name, removal_at=now)
        return True

    def end_removal(self, name: str, began_at: float) -> None:
        """Forget a file whose object is gone."""
        mine = (_COLUMNS.name == name) & (_COLUMNS.removal_at == began_at)
        with self._database.begin() as connection:
            connection.execute(KEPT_MEDIA.delete().where(mine))

    def _insert(self, connection: Connection, name: str, size_bytes: int, kept_at: float) -> None:
        """Add a row where there is none; one that is just being added is waited for."""
        values = {"name": name, "size_bytes": size_bytes, "kept_at": kept_at}
        if connection.dialect.name == "postgresql":
            connection.execute(
                postgresql.insert(KEPT_MEDIA).values(values).on_conflict_do_nothing()
            )
        else:
            connection.execute(sqlite.insert(KEPT_MEDIA).values(values).on_conflict_do_nothing())


@contextmanager
def kept_media(database: sa.Engine, folder: Path) -> Iterator[KeptMedia]:
    """The table of a database, or one in a file of its own in `folder` beside SQLite.

    There files are deleted inside writes to the same database, and SQLite has one writer.
    """
    if database.dialect.name != "sqlite":
        yield KeptMedia(database)
        return
    folder.mkdir(parents=True, exist_ok=True)
    own = open_database(f"sqlite:///{folder / 'kept.sqlite3'}")
    try:
        yield KeptMedia(own)
    finally:
        own.dispose()


def _kept_row(row: sa.Row[tuple[object, ...]]) -> KeptRow:
    is_there = row.is_whole and row.deleted_at is None
    return KeptRow(row.name, row.size_bytes, row.kept_at, is_there)


def _locked(connection: Connection, name: str) -> sa.Row[tuple[object, ...]] | None:
    """A row that nobody else changes before the transaction is over."""
    return connection.execute(
        KEPT_MEDIA.select().where(_COLUMNS.name == name).with_for_update()
    ).first()


def _update(connection: Connection, name: str, **values: object) -> None:
    connection.execute(KEPT_MEDIA.update().where(_COLUMNS.name == name).values(values))


def _is_in_doubt(removal_at: float | None, now: float) -> bool:
    """Whether a removal may still arrive; one of a future that a wrong clock told does not."""
    return removal_at is not None and abs(now - removal_at) < REMOVAL_DOUBT_S
