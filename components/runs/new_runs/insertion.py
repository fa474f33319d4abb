"""Inserts new runs idempotently: the same ids asked for again get what was made the first time.

The look for them stands in the transaction that keeps them, so that nobody comes between. Ids
follow from what was asked for: a plan and a place in it, a generation, a click, a caller's key.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import PURGED, RUNS
from components.errors import AskedDifferently, MadeAndDeleted
from components.runs.new_runs.resend import can_look_again, looked_for_again
from components.runs.queries.prompt_search import keep_text
from components.runs.run import Event, Run
from components.runs.store.change_log import note_made, note_written
from components.runs.store.generation_merge import is_of
from components.runs.store.run_rows import as_row, as_run, link, write_changes

Admit = Callable[[Connection], None]


def keep_once(
    connection: Connection, runs: Sequence[Run], admit: Admit | None, *, beyond: str = ""
) -> list[Run]:
    """Keep new runs, or return those that were made under their ids before.

    `admit` is asked about new ones alone, and may raise. `beyond` is the id that a run more would
    have: where it is known, more was asked for then.

    Raises:
        AskedDifferently: the ids stand for another request.
        MadeAndDeleted: they were made before and deleted since.
    """
    before = made_before(connection, [run.id for run in runs])
    if not before:
        if admit:
            admit(connection)
        for run in runs:
            _insert(connection, run)
        return list(runs)
    asked = {run.id: run for run in runs}
    # Of a plan all runs were made: the same ids, then, and not one more.
    known = _known_ids(connection, [*asked, beyond])
    if known != asked.keys() or not all(_is_same(asked[kept.id], kept) for kept in before):
        raise AskedDifferently
    return before


def made_before(connection: Connection, run_ids: Sequence[str]) -> list[Run]:
    """The runs that were made under these ids, in their order, without those deleted since.

    Raises:
        MadeAndDeleted: every one of them was deleted.
    """
    rows = connection.execute(RUNS.select().where(RUNS.c.id.in_(run_ids))).all()
    kept = {row.id: as_run(row) for row in rows if row.deleted_at is None}
    if not kept and _known_ids(connection, run_ids):
        raise MadeAndDeleted
    return [kept[run_id] for run_id in run_ids if run_id in kept]


def keep_generation(connection: Connection, run: Run, now: float) -> Run:
    """Keep a run that fetches a generation, or go on with the run that has it.

    One that was deleted comes back, with the figures it left behind: it is booked once.
    """
    same = RUNS.select().where(is_of(RUNS, run.generation_id or "")).with_for_update()
    # One that is not deleted comes first.
    row = connection.execute(same.order_by(RUNS.c.deleted_at.is_not(None), RUNS.c.id)).first()
    if row is None:
        revived = _with_its_figures(connection, run)
        _insert(connection, revived)
        return revived
    kept = as_run(row)
    again = kept
    if kept.deleted_at is not None:
        line = Event(now, "Brought back: it was asked for by its generation id.")
        again = replace(kept, deleted_at=None, events=(*kept.events, line))
        note_made(connection, kept.id, kept.group_id)
    if can_look_again(again):
        again = looked_for_again(again, now)
    write_changes(connection, [(kept, again)])
    return again


def _with_its_figures(connection: Connection, run: Run) -> Run:
    """The run with what is booked for its generation, which from now on stands with the run."""
    mine = is_of(PURGED, run.generation_id or "")
    row = connection.execute(PURGED.select().where(mine).order_by(PURGED.c.id)).first()
    if row is None:
        return run
    connection.execute(PURGED.delete().where(PURGED.c.id == row.id))
    return replace(
        run, id=row.id, submitted_at=row.submitted_at, quoted_usd=row.quoted_usd,
        charged_usd=row.charged_usd,
    )  # fmt: skip


def _insert(connection: Connection, run: Run) -> None:
    connection.execute(RUNS.insert().values(**as_row(run)))
    note_made(connection, run.id, run.group_id)
    for parent in run.parents:
        note_written(connection, parent.run_id)
    link(connection, run)
    keep_text(connection, run.id, run.prompt, run.title)


def _is_same(asked: Run, kept: Run) -> bool:
    """Whether both stand for one request: as it was asked for, or as it is sent.

    A repair made anew may differ by a byte, and a later version may know more defaults.
    """
    if asked.asked_hash and asked.asked_hash == kept.asked_hash:
        return True
    return (asked.model, asked.request) == (kept.model, kept.request)


def _known_ids(connection: Connection, run_ids: Sequence[str]) -> set[str]:
    """Those of the ids under which a run was made, also where it was deleted since."""
    known = [sa.select(table.c.id).where(table.c.id.in_(run_ids)) for table in (RUNS, PURGED)]
    return set(connection.execute(sa.union_all(*known)).scalars())
