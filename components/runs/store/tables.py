"""The tables of runs, in SQLAlchemy Core, and a run as a row of them.

A column that is new to a kept database needs a server default or may be null: see `upgrade`.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from components.catalog.storable_text import storable
from components.database.engine import METADATA
from components.errors import MediaRejected
from components.media.store.media_store import name_of
from components.runs.run import FINAL, Event, Output, Parent, Run, Status, Tally
from components.runs.store.change_log import UNSEEN, note_written

_FINAL = ", ".join(f"'{status}'" for status in sorted(FINAL))
ACTIVE: sa.ColumnElement[bool] = sa.literal_column(f"status NOT IN ({_FINAL})")
"""Spelled out, not as parameters: only so does a database see that a partial index fits."""
QUEUED: sa.ColumnElement[bool] = sa.literal_column(f"status = '{Status.QUEUED}'")
IN_FLIGHT: sa.ColumnElement[bool] = sa.literal_column(
    f"status IN ('{Status.SUBMITTING}', '{Status.UNCERTAIN}', '{Status.GENERATING}')"
)
"""What the provider works on, or may work on."""
SAVING: sa.ColumnElement[bool] = sa.literal_column(f"status = '{Status.SAVING}'")
DUE_AT = sa.literal_column(
    "(CASE WHEN next_step_at > lease_until THEN next_step_at ELSE lease_until END)", sa.Float
)
"""When a run's next step may be handed out: it is due, and nobody holds it."""
UNCHARGED: sa.ColumnElement[bool] = sa.literal_column(
    f"charged_usd IS NULL AND status IN ('{Status.DONE}', '{Status.FAILED}')"
)
"""Over, with a charge that is not known; a withdrawn run has none."""
KEPT: sa.ColumnElement[bool] = sa.literal_column("deleted_at IS NULL")


def _listed(name: str, *columns: str) -> sa.Index:
    """An index in which the runs of a kind stand in the order they are listed."""
    return sa.Index(name, *columns, "created_at", "id", sqlite_where=KEPT, postgresql_where=KEPT)


def _fill_links(connection: Connection) -> None:
    for row in connection.execute(RUNS.select()).all():
        link(connection, as_run(row))


RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(128), nullable=False),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("next_step_at", sa.Float(53), nullable=False),
    sa.Column("lease_until", sa.Float(53), nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("submitted_at", sa.Float(53)),
    sa.Column("finished_at", sa.Float(53)),
    sa.Column("expected_s", sa.Float(53)),
    sa.Column("rendered_s", sa.Float(53)),
    sa.Column("generation_id", sa.String(256)),
    sa.Column("inference_id", sa.String(256)),
    sa.Column("quoted_usd", sa.Float(53)),
    sa.Column("charged_usd", sa.Float(53)),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("response", sa.JSON(none_as_null=True)),
    sa.Column("outputs", sa.JSON, nullable=False),
    sa.Column("events", sa.JSON, nullable=False),
    sa.Column("trouble", sa.String(32), nullable=False, server_default=""),
    sa.Column("trouble_since", sa.Float(53)),
    sa.Column("tallies", sa.JSON, nullable=False, server_default=sa.text("'[]'")),
    sa.Column("tried_at", sa.Float(53)),
    sa.Column("unresolved", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("provider_request_id", sa.String(256)),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("remark", sa.Text, nullable=False, server_default=""),
    sa.Column("favourite", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("parents", sa.JSON, nullable=False, server_default=sa.text("'[]'")),
    sa.Column("group_id", sa.String(64)),
    sa.Column("group_labels", sa.JSON(none_as_null=True)),
    sa.Column("group_index", sa.Integer),
    sa.Column("asked_hash", sa.String(64)),
    sa.Column("deleted_at", sa.Float(53)),
    sa.Column("charge_unknown", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("charge_looks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("charge_looked_at", sa.Float(53)),
    _listed("runs_listed"),
    _listed("runs_of_model", "model"),
    _listed("runs_of_status", "status"),
    _listed("runs_of_model_and_status", "model", "status"),
    _listed("runs_of_group", "group_id"),
    _listed("runs_starred", "favourite"),
    sa.Index("runs_by_model", "model", "status", "finished_at"),
    sa.Index(
        "runs_figures",
        "finished_at",
        "status",
        "model",
        "submitted_at",
        "quoted_usd",
        "charged_usd",
    ),
    sa.Index(
        "runs_waiting",
        *("created_at", "id", "status", "model", "next_step_at", "lease_until"),
        sqlite_where=QUEUED,
        postgresql_where=QUEUED,
    ),
    sa.Index(
        "runs_uncharged",
        *("charge_unknown", "finished_at"),
        sqlite_where=UNCHARGED,
        postgresql_where=UNCHARGED,
    ),
    sa.Index("runs_of_generation", "generation_id"),
    sa.Index("runs_of_inference", "inference_id"),
    sa.Index(
        "runs_sent",
        *("status", "deleted_at"),
        sqlite_where=IN_FLIGHT & KEPT,
        postgresql_where=IN_FLIGHT & KEPT,
    ),
    sa.Index("runs_to_look_at", DUE_AT, sqlite_where=IN_FLIGHT, postgresql_where=IN_FLIGHT),
    sa.Index("runs_to_copy", DUE_AT, sqlite_where=SAVING, postgresql_where=SAVING),
    sa.Index("runs_due_at", DUE_AT, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    info={
        "retired_indexes": [
            "runs_due",
            "runs_newest",
            "runs_by_group",
            "runs_queue",
            "runs_queued",
            "runs_in_flight",
        ]
    },
)
KNOWN_AS: sa.ColumnElement[str] = sa.func.coalesce(RUNS.c.inference_id, RUNS.c.generation_id)
"""What the provider's ledger names a run by."""
RUN_MEDIA = sa.Table(
    "run_media",
    METADATA,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("run_id", sa.String(64), primary_key=True, index=True),
    info={"fill": _fill_links},
)
"""Which run refers to which file of the media store: what nobody refers to may be removed."""
RUN_PARENTS = sa.Table(
    "run_parents",
    METADATA,
    sa.Column("parent_id", sa.String(64), primary_key=True),
    sa.Column("run_id", sa.String(64), primary_key=True, index=True),
)
"""The parents of runs once more, to be asked from the parent's side."""

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
    """The value as its column takes it; text that could not be shown later is replaced."""
    return storable([vars(item) for item in value] if name in _PARTS else value)
