"""Runs that ended before their charge was known, and filling it in; the run stays as it ended.

Those that were deleted for good meanwhile are among them: what they cost still counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import KNOWN_AS, PURGED, RUNS, UNCHARGED
from components.runs.run import Event
from components.runs.store.change_log import note_written
from components.runs.wording import NOT_SHOWN_AS_CHARGED, money

LINK_LIFE_S = 30 * 86_400.0
"""How long results are kept upstream, so how old a generation sent from elsewhere may be."""


@dataclass(frozen=True)
class Uncharged:
    """A run that ended with its charge unknown; times are seconds since the epoch.

    `searches` is how often the ledger was searched for it since it ended, `searched_at` when last.
    """

    run_id: str
    inference_id: str
    sent_at: float
    finished_at: float
    searches: int = 0
    searched_at: float | None = None


@dataclass(frozen=True)
class VainSearch:
    """A run that the ledger was searched for in vain; `last_words` where that was the last time."""

    run: Uncharged
    last_words: str = ""


def uncharged(connection: Connection) -> list[Uncharged]:
    """The runs that the ledger may still know a charge of, in the order they ended."""
    begun = sa.func.coalesce(RUNS.c.submitted_at, RUNS.c.created_at - LINK_LIFE_S)
    long_ago = sa.func.coalesce(PURGED.c.submitted_at, PURGED.c.finished_at - LINK_LIFE_S)
    rows = connection.execute(
        sa.union_all(
            _waiting(RUNS, KNOWN_AS, begun), _waiting(PURGED, PURGED.c.inference_id, long_ago)
        ).order_by("finished_at", "id")
    )
    return [Uncharged(*tuple(row)) for row in rows]


def _waiting(
    table: sa.Table, known_as: sa.ColumnElement[str], sent_at: sa.ColumnElement[float]
) -> sa.Select[tuple[Any, ...]]:
    return sa.select(
        table.c.id,
        known_as,
        sent_at,
        table.c.finished_at,
        table.c.charge_looks,
        table.c.charge_looked_at,
    ).where(UNCHARGED, known_as.is_not(None), ~table.c.charge_unknown)


def note_charge(connection: Connection, run: Uncharged, usd: float, now: float) -> None:
    """Fill in a charge that is not known yet, with a line on the run's receipt.

    An amount that nobody can be charged, such as a negative one, is not booked.
    """
    if not (isfinite(usd) and usd >= 0):
        return
    said = f"Charged {money(usd)}, says the provider's ledger."
    _write(connection, run, {"charged_usd": usd, "charge_unknown": False}, said, now)
    mine = (RUNS.c.id == run.run_id) & RUNS.c.error.contains(NOT_SHOWN_AS_CHARGED)
    true_now = sa.func.replace(RUNS.c.error, NOT_SHOWN_AS_CHARGED, said)
    connection.execute(RUNS.update().where(mine).values(error=true_now))


def note_search(connection: Connection, searched: VainSearch, now: float) -> None:
    """Count a search that found no charge; the run says so when it was the last."""
    run = searched.run
    counted = {
        "charge_looks": run.searches + 1,
        "charge_looked_at": now,
        "charge_unknown": bool(searched.last_words),
    }
    _write(connection, run, counted, searched.last_words, now)


def _write(
    connection: Connection, run: Uncharged, values: Mapping[str, object], said: str, now: float
) -> None:
    """Write to a run, or to its figures where it was deleted for good meanwhile."""
    unknown = (RUNS.c.id == run.run_id) & (run.inference_id == KNOWN_AS) & UNCHARGED
    events = connection.execute(
        sa.select(RUNS.c.events).where(unknown).with_for_update()
    ).scalar_one_or_none()
    if events is not None:
        lines = [vars(Event(now, said))] if said else []
        also = {"events": [*events, *lines]} if lines else {}
        connection.execute(RUNS.update().where(unknown).values(**values, **also))
        if lines:
            note_written(connection, run.run_id)
        return
    purged = (
        sa.select(PURGED.c.id)
        .where(PURGED.c.inference_id == run.inference_id, UNCHARGED)
        .order_by(PURGED.c.id != run.run_id, PURGED.c.id)
        .limit(1)
    )
    if purged_id := connection.execute(purged).scalar_one_or_none():
        connection.execute(PURGED.update().where(PURGED.c.id == purged_id).values(**values))
