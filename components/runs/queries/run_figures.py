"""The figures of runs: how each ended, when, and what it cost, also where the run itself is gone.

A run that was deleted for good leaves its figures behind: what was spent stays spent.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import KNOWN_AS, PURGED, RUNS

_NAMES = tuple(column.name for column in PURGED.columns)
_FIGURES = ("model", "status", "submitted_at", "finished_at", "quoted_usd", "charged_usd")
"""Those that an index of `RUNS` holds as well, so that nobody has to read whole runs."""


def figures(where: Callable[[sa.Table], sa.ColumnElement[bool]]) -> sa.Subquery:
    """The figures of all runs for which `where` holds, asked of each table that has some."""
    parts = [_columns(table, _FIGURES).where(where(table)) for table in (RUNS, PURGED)]
    return sa.union_all(*parts).subquery("figures")


def keep_figures(connection: Connection, run_ids: Collection[str]) -> None:
    """Copy the figures of runs that are about to go, beside those of others with the same id."""
    known = sa.select(PURGED.c.id).where(PURGED.c.id.in_(run_ids))
    taken = set(connection.execute(known).scalars())
    _copy(connection, RUNS.c.id, [run_id for run_id in run_ids if run_id not in taken])
    for run_id in sorted(taken):
        _copy(connection, sa.literal(uuid4().hex), [run_id])


def _copy(connection: Connection, kept_id: sa.ColumnElement[str], run_ids: Collection[str]) -> None:
    columns: dict[str, sa.ColumnElement[Any]] = {name: RUNS.c[name] for name in _NAMES}
    columns |= {"id": kept_id, "inference_id": KNOWN_AS}
    going = sa.select(*columns.values()).where(RUNS.c.id.in_(run_ids))
    connection.execute(PURGED.insert().from_select(_NAMES, going))


def _columns(table: sa.Table, names: Iterable[str]) -> sa.Select[tuple[object, ...]]:
    return sa.select(*(table.c[name] for name in names))
