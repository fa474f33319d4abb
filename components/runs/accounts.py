"""The figures of runs: how each ended, when, and what it cost, also where the run itself is gone.

A run that was deleted for good leaves its figures behind: what was spent stays spent.
"""

from collections.abc import Callable, Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.database import METADATA
from components.runs.tables import RUNS

PURGED = sa.Table(
    "purged_runs",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(128), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("submitted_at", sa.Float(53)),
    sa.Column("finished_at", sa.Float(53), index=True),
    sa.Column("quoted_usd", sa.Float(53)),
    sa.Column("charged_usd", sa.Float(53)),
    sa.Column("generation_id", sa.String(256), index=True),
)
_NAMES = tuple(column.name for column in PURGED.columns)
_FIGURES = tuple(name for name in _NAMES if name not in ("id", "generation_id"))
"""Those that an index of `RUNS` holds as well, so that nobody has to read whole runs."""


def figures(where: Callable[[sa.Table], sa.ColumnElement[bool]]) -> sa.Subquery:
    """The figures of all runs for which `where` holds, asked of each table that has some."""
    parts = [_columns(table, _FIGURES).where(where(table)) for table in (RUNS, PURGED)]
    return sa.union_all(*parts).subquery("figures")


def keep_figures(connection: Connection, run_ids: Collection[str]) -> None:
    """Copy the figures of runs that are about to go."""
    going = _columns(RUNS, _NAMES).where(RUNS.c.id.in_(run_ids))
    connection.execute(PURGED.insert().from_select(_NAMES, going))


def _columns(table: sa.Table, names: Iterable[str]) -> sa.Select[tuple[object, ...]]:
    return sa.select(*(table.c[name] for name in names))
