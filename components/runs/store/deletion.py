"""Deleting runs: at first only hidden, so that it can be undone, then for good with their files."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import reading
from components.database.schema import ACTIVE, KEPT, RUN_MEDIA, RUN_PARENTS, RUN_TEXTS, RUNS
from components.errors import DatabaseUnavailable
from components.runs.queries.run_figures import keep_figures
from components.runs.store.change_log import note_made, note_written
from components.runs.store.unowned_files import leave_over

LOGGER = logging.getLogger(__name__)
BATCH = 200
"""Rows a transaction: nobody who writes waits long for it."""


@dataclass(frozen=True)
class Deletion:
    """What became of a wish to delete; a run under way stays, as its result is paid for."""

    deleted: tuple[str, ...]
    under_way: tuple[str, ...]

    def __str__(self) -> str:
        """The sentence the user reads."""
        count, stay = len(self.deleted), len(self.under_way)
        said = f"{count} run{'' if count == 1 else 's'} deleted."
        if stay:
            said += f" {stay} still under way: to be deleted when over."
        return said


def hide(connection: Connection, run_ids: Collection[str], now: float) -> Deletion:
    """Delete runs for now: nothing lists them any more, but every row and file is still there."""
    wanted = RUNS.c.id.in_(run_ids)
    connection.execute(RUNS.update().where(wanted, KEPT, ~ACTIVE).values(deleted_at=now))
    found = sa.select(RUNS.c.id, RUNS.c.deleted_at).where(wanted).order_by(RUNS.c.id)
    rows = connection.execute(found).all()
    for row in rows:
        note_written(connection, row.id)
    return Deletion(
        tuple(row.id for row in rows if row.deleted_at is not None),
        tuple(row.id for row in rows if row.deleted_at is None),
    )


def show_again(connection: Connection, run_ids: Collection[str]) -> int:
    """Undo a deletion; returns how many runs were still there."""
    hidden = RUNS.c.id.in_(run_ids) & ~KEPT
    shown = RUNS.update().where(hidden).values(deleted_at=None).returning(RUNS.c.id)
    again = connection.execute(shown).scalars().all()
    for run_id in again:
        note_made(connection, run_id)
    return len(again)


def purge(engine: sa.Engine, deleted_before: float) -> int:
    """Remove for good the rows of runs deleted before; returns how many there were.

    A run that cannot be removed is logged, and tried again by the next purge.
    """
    old = sa.select(RUNS.c.id).where(RUNS.c.deleted_at < deleted_before, ~ACTIVE)
    purged, after = 0, ""
    while True:
        with reading(engine) as connection:
            some = old.where(RUNS.c.id > after).order_by(RUNS.c.id).limit(BATCH)
            run_ids: list[str] = list(connection.execute(some).scalars())
        if not run_ids:
            return purged
        purged += _purge_apart(engine, old, run_ids)
        after = run_ids[-1]


def _purge_apart(engine: sa.Engine, old: sa.Select[tuple[str]], run_ids: list[str]) -> int:
    """Purge some runs at once or, should one of them fail, halves of them down to that one."""
    try:
        with engine.begin() as connection:
            still_old = connection.execute(old.where(RUNS.c.id.in_(run_ids)))
            return _purge_some(connection, [row.id for row in still_old])
    except DatabaseUnavailable:
        raise
    except Exception:
        half = len(run_ids) // 2
        if not half:
            LOGGER.exception(
                "run %s cannot be purged; it is tried again",
                run_ids[0],
                extra={"run_id": run_ids[0]},
            )
            return 0
    return _purge_apart(engine, old, run_ids[:half]) + _purge_apart(engine, old, run_ids[half:])


def _purge_some(connection: Connection, run_ids: list[str]) -> int:
    if not run_ids:
        return 0
    files = sa.select(RUN_MEDIA.c.name).where(RUN_MEDIA.c.run_id.in_(run_ids)).distinct()
    leave_over(connection, files)
    keep_figures(connection, run_ids)
    for table in (RUN_MEDIA, RUN_PARENTS, RUN_TEXTS):
        connection.execute(table.delete().where(table.c.run_id.in_(run_ids)))
    connection.execute(RUN_PARENTS.delete().where(RUN_PARENTS.c.parent_id.in_(run_ids)))
    connection.execute(RUNS.delete().where(RUNS.c.id.in_(run_ids)))
    return len(run_ids)
