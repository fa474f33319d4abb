"""A run as a row of its table, and what else is noted about it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from math import isnan
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.catalog.storable_text import storable
from components.database.schema import RUN_MEDIA, RUN_PARENTS, RUNS
from components.errors import MediaRejected
from components.media.store.media_store import name_of
from components.runs.run import Event, Output, Parent, Run, Status, Tally
from components.runs.store.change_log import UNSEEN, note_written

_OF_RUN = RUNS.update().where(RUNS.c.id == sa.bindparam("run_id"))
_FIELDS = tuple(field.name for field in fields(Run))
_PARTS = {"outputs": Output, "events": Event, "parents": Parent, "tallies": Tally}


_LOOKED_FOR_ANEW = {"charge_looks": 0, "charge_looked_at": None, "charge_unknown": False}
"""A run that was looked for again, and ended once more, has its charge looked for once more."""


def as_row(run: Run) -> dict[str, Any]:
    """Every column that a run has; the lease is not the run's own."""
    values = {name: _plain(name, getattr(run, name)) for name in _FIELDS}
    return {**values, "prompt": storable(run.prompt)}


def changed_columns(before: Run, after: Run) -> dict[str, Any]:
    """The columns in which a run differs from what it was; a request never changes.

    A charge that is known is never taken back: no step knows that there was none.
    """
    changed = {
        name: _plain(name, value)
        for name in _FIELDS
        if (value := getattr(after, name)) is not (old := getattr(before, name)) and value != old
    }
    if before.charged_usd and not after.charged_usd:
        del changed["charged_usd"]
    return changed


def as_run(row: Row[Any]) -> Run:
    """The run of a row that has every column."""
    values = {name: getattr(row, name) for name in _FIELDS}
    values["status"] = Status(values["status"])
    for name, part in _PARTS.items():
        values[name] = tuple(part(**item) for item in values[name])
    return Run(**values)


def link(connection: Connection, run: Run, *, known: Run | None = None) -> None:
    """Note the files and the parents that a run refers to and `known`, its former self, did not."""
    files = media_names(run) - (media_names(known) if known else set())
    if files:
        mine = sa.select(RUN_MEDIA.c.name).where(RUN_MEDIA.c.run_id == run.id)
        files -= set(connection.execute(mine).scalars())
    if files:
        rows = [{"name": name, "run_id": run.id} for name in sorted(files)]
        connection.execute(RUN_MEDIA.insert(), rows)
    parents = set() if known else {parent.run_id for parent in run.parents}
    if parents:
        rows = [{"parent_id": parent_id, "run_id": run.id} for parent_id in sorted(parents)]
        connection.execute(RUN_PARENTS.insert(), rows)


def write_changes(
    connection: Connection, changes: Sequence[tuple[Run, Run]], **also: object
) -> None:
    """Write what differs between each run and its former self, and the columns of `also` in all.

    Those whose changes are alike go in one statement.
    """
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for before, after in changes:
        changed = {**also, **changed_columns(before, after)}
        if changed.get("finished_at") is not None:
            changed |= _LOOKED_FOR_ANEW
        if changed:
            alike.setdefault(tuple(changed), []).append({"run_id": after.id, **changed})
        if changed.keys() - UNSEEN:
            note_written(connection, after.id, after.group_id)
        if "outputs" in changed:
            link(connection, after, known=before)
    for rows in alike.values():
        connection.execute(_OF_RUN, rows)


def media_names(run: Run) -> set[str]:
    """The files of the media store that a run refers to: what went in and what came out."""
    names = set(names_in(run.request))
    for output in run.outputs:
        names |= {name for name in (output.name, output.thumb) if name}
    return names


def names_in(value: Any) -> Iterator[str]:
    """The names behind the media references in a plain value, at any depth."""
    if isinstance(value, str):
        with suppress(MediaRejected):
            yield name_of(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from names_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from names_in(item)


def _plain(name: str, value: Any) -> Any:
    """The value as its column takes it; text that could not be shown later is replaced.

    What is no number is nothing in every database, as it is in SQLite.
    """
    if isinstance(value, float) and isnan(value):
        return None
    return storable([vars(item) for item in value] if name in _PARTS else value)
