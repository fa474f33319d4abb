"""What is kept moves to another database and another media store; the source is only read.

Runs come last, and those under way all at once when everything else was compared: whoever works
at the target already takes none of them before it is whole. Whatever was copied is found there
again, so a move that was stopped, or killed, goes on when it is asked for once more.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from components.catalog.storable_text import storable
from components.database.engine import patient, reading
from components.database.schema import ACTIVE, RUNS
from components.database.table_copy import Row, TableCopy, go_on_counting, table_copies
from components.errors import SettingsError
from components.media.store.media_store import MediaStore
from components.runs.maintenance.media_move import MediaMove
from components.runs.store.unowned_files import files_in_use

IS_OVER = sa.not_(ACTIVE)


@dataclass(frozen=True)
class Place:
    """Where runs and their files are kept."""

    database: sa.Engine
    media: MediaStore


def move(source: Place, target: Place, say: Callable[[str], object]) -> str:
    """Copy all that is kept, tell of it line by line, and return what to do next.

    Raises:
        SettingsError: the target holds something else; nothing was written there.
        DatabaseUnavailable: a database cannot be read or written, or holds something else in the
            end.
        StorageError: a file cannot be copied, or did not arrive.
    """
    copies = table_copies(source.database, target.database, _as_moved)
    _require_nothing_else(copies)
    (runs,) = (copy for copy in copies if copy.table is RUNS)
    for copy in copies:
        if copy is not runs:
            say(_sentence(copy.table.name, copy.copy()))
    move_media(source, target, say)
    say(_sentence("runs that are over", runs.copy(IS_OVER)))
    with patient(target.database).begin() as connection:
        under_way = runs.copy_within(connection, ACTIVE)
        go_on_counting(connection)
        for copy in copies:
            copy.compare(connection)
    say(_sentence("runs under way", under_way))
    say("Compared: every row arrived as it was sent.")
    return _what_next(source.database)


def move_media(source: Place, target: Place, say: Callable[[str], object]) -> None:
    """Copy every file, and read each one back. Raises `StorageError`."""
    MediaMove(source.media, target.media, files_in_use(source.database), say).carry_out()


def _as_moved(table: sa.Table, row: Row) -> Row:
    """Nobody holds a lease on what has just arrived; PostgreSQL takes no NUL in a text."""
    moved: Row = storable(row)
    return {**moved, "lease_until": 0.0} if table is RUNS else moved


def _require_nothing_else(copies: list[TableCopy]) -> None:
    strange = {copy.table.name: count for copy in copies if (count := copy.strange_rows())}
    if strange:
        tables = ", ".join(f"{count} in {name}" for name, count in strange.items())
        raise SettingsError(
            "The database of PLAYGROUND_DATABASE_URL already holds rows that are not those of the "
            f"data folder, or that have gone on since they were moved ({tables}). Nothing was "
            "written. Give it the address of an empty database."
        )


def _sentence(what: str, added: int) -> str:
    return f"{what}: {added:,} added"


def _what_next(source: sa.Engine) -> str:
    with reading(source) as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(RUNS).where(ACTIVE))
    return (
        "Everything is moved, and the data folder is as it was. From now on start playgrounds and "
        f"workers with these settings only: the {count:,} runs under way go on there, and a "
        "playground that starts with the data folder again would pay for them a second time."
    )
