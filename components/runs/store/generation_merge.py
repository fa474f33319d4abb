"""One generation is one run: a run that learns its generation takes over what fetched it before.

Whoever waits for a run whose answer was lost may fetch its generation by its id meanwhile. The
search then finds the same one: what was fetched goes into the run that was sent, booked once.
"""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import PURGED, RUN_PARENTS, RUNS
from components.runs.run import Event, Run, Status
from components.runs.store.change_log import note_written
from components.runs.store.run_rows import as_run, write_changes

JOINED = "It had been fetched by its generation id before; both are one run now."
GAVE_WAY = "Went into the run that was sent for this generation."
_OF_NOBODY = {
    "status": Status.CANCELLED,
    "generation_id": None,
    "inference_id": None,
    "charged_usd": None,
    "quoted_usd": None,
    "submitted_at": None,
    "unresolved": False,
    "lease_until": 0,
}
"""What is left of a run that went into another: nothing looks for it or its charge any more."""


def is_of(table: sa.Table, generation_id: str) -> sa.ColumnElement[bool]:
    """Whether a row has this generation, or is known to the provider's ledger by its id."""
    return (table.c.generation_id == generation_id) | (table.c.inference_id == generation_id)


def has_learned(known: Run, run: Run) -> bool:
    """Whether a run has a generation that its former self did not have."""
    return bool(run.generation_id) and run.generation_id != known.generation_id


def united(connection: Connection, known: Run, run: Run) -> Run:
    """The run, whose former self is `known`, with what others have of the generation it learned."""
    generation_id = run.generation_id
    if not generation_id or not has_learned(known, run):
        return run
    same = RUNS.select().where(is_of(RUNS, generation_id), RUNS.c.id != run.id)
    for row in connection.execute(same.with_for_update()).all():
        run = _taken_over(connection, as_run(row), run)
    left = is_of(PURGED, generation_id)
    for row in connection.execute(PURGED.select().where(left)).all():
        run = replace(run, charged_usd=run.charged_usd or row.charged_usd)
        connection.execute(PURGED.delete().where(PURGED.c.id == row.id))
    return run


def _taken_over(connection: Connection, other: Run, run: Run) -> Run:
    at = run.events[-1].at
    gone = {"deleted_at": at, "finished_at": other.finished_at or at, "error": GAVE_WAY}
    connection.execute(RUNS.update().where(RUNS.c.id == other.id).values(**_OF_NOBODY, **gone))
    note_written(connection, other.id, other.group_id)
    _give_children(connection, other.id, run.id)
    return replace(
        run,
        charged_usd=run.charged_usd or other.charged_usd,
        title=run.title or other.title,
        remark=run.remark or other.remark,
        favourite=run.favourite or other.favourite,
        events=(*run.events, Event(at, JOINED)),
    )


def _give_children(connection: Connection, from_id: str, to_id: str) -> None:
    mine = RUN_PARENTS.c.parent_id == from_id
    of_parent = sa.select(RUN_PARENTS.c.run_id).where(mine)
    for row in connection.execute(RUNS.select().where(RUNS.c.id.in_(of_parent))).all():
        child = as_run(row)
        known = [parent.run_id for parent in child.parents]
        parents = tuple(
            replace(it, run_id=to_id) if it.run_id == from_id else it for it in child.parents
        )
        write_changes(connection, [(child, replace(child, parents=parents))])
        if to_id not in known:
            link = {"parent_id": to_id, "run_id": child.id}
            connection.execute(RUN_PARENTS.insert().values(**link))
    connection.execute(RUN_PARENTS.delete().where(mine))
