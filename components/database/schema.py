"""The tables, in SQLAlchemy Core: all there is in the database, whoever writes it.

What changes here needs a migration as well: see `migrations`.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

METADATA = sa.MetaData()
ACTIVE: sa.ColumnElement[bool] = sa.literal_column("status NOT IN ('cancelled', 'done', 'failed')")
"""Spelled out, not as parameters: only so does a database see that a partial index fits."""
QUEUED: sa.ColumnElement[bool] = sa.literal_column("status = 'queued'")
IN_FLIGHT: sa.ColumnElement[bool] = sa.literal_column(
    "status IN ('submitting', 'uncertain', 'generating')"
)
"""What the provider works on, or may work on."""
SAVING: sa.ColumnElement[bool] = sa.literal_column("status = 'saving'")
DUE_AT = sa.literal_column(
    "(CASE WHEN next_step_at > lease_until THEN next_step_at ELSE lease_until END)", sa.Float
)
"""When a run's next step may be handed out: it is due, and nobody holds it."""
UNCHARGED: sa.ColumnElement[bool] = sa.literal_column(
    "charged_usd IS NULL AND status IN ('done', 'failed')"
)
"""Over, with a charge that is not known; a withdrawn run has none."""
KEPT: sa.ColumnElement[bool] = sa.literal_column("deleted_at IS NULL")


def _partial(
    name: str, *columns: str | sa.ColumnElement[float], where: sa.ColumnElement[bool]
) -> sa.Index:
    """An index of only those rows for which `where` holds."""
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


def _listed(name: str, *columns: str) -> sa.Index:
    """An index in which the runs of a kind stand in the order they are listed."""
    return _partial(name, *columns, "created_at", "id", where=KEPT)


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
    sa.Column("times_begun", sa.Integer, nullable=False, server_default="0"),
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
    _partial(
        "runs_waiting",
        "created_at",
        "id",
        "status",
        "model",
        "next_step_at",
        "lease_until",
        where=QUEUED,
    ),
    _partial("runs_uncharged", "charge_unknown", "finished_at", where=UNCHARGED),
    sa.Index("runs_of_generation", "generation_id"),
    sa.Index("runs_of_inference", "inference_id"),
    _partial("runs_sent", "status", "deleted_at", where=IN_FLIGHT & KEPT),
    _partial("runs_to_look_at", DUE_AT, where=IN_FLIGHT),
    _partial("runs_to_copy", DUE_AT, where=SAVING),
    _partial("runs_due_at", DUE_AT, where=ACTIVE),
)
KNOWN_AS: sa.ColumnElement[str] = sa.func.coalesce(RUNS.c.inference_id, RUNS.c.generation_id)
"""What the provider's ledger names a run by."""
RUN_MEDIA = sa.Table(
    "run_media",
    METADATA,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("run_id", sa.String(64), primary_key=True, index=True),
)
"""Which run refers to which file of the media store: what nobody refers to may be removed."""
RUN_PARENTS = sa.Table(
    "run_parents",
    METADATA,
    sa.Column("parent_id", sa.String(64), primary_key=True),
    sa.Column("run_id", sa.String(64), primary_key=True, index=True),
)
"""The parents of runs once more, to be asked from the parent's side."""
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
    sa.Column("inference_id", sa.String(256), index=True),
    sa.Column("charge_looks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("charge_looked_at", sa.Float(53)),
    sa.Column("charge_unknown", sa.Boolean, nullable=False, server_default=sa.false()),
    _partial("purged_runs_uncharged", "charge_unknown", "finished_at", where=UNCHARGED),
)
"""`id` is the run's, or any other where a run of the same id went before it; `inference_id` is the
one that the ledger would name, so that a charge is still found."""
LEFTOVERS = sa.Table(
    "media_leftovers",
    METADATA,
    sa.Column("name", sa.String(80), primary_key=True),
)
"""Files whose run is gone; kept in a table, so that a killed process forgets none of them."""
FORM_FILES = sa.Table(
    "form_files",
    METADATA,
    sa.Column("holder", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), primary_key=True, index=True),
    sa.Column("until", sa.Float(53), nullable=False, index=True),
)
ELEMENTS = sa.Table(
    "kit_elements",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("element", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Float(53), nullable=False),
)
PROVIDER_STATE = sa.Table(
    "provider_state",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("state", sa.JSON, nullable=False),
)
"""What several processes that share a key know of the provider together."""
LOOKS = sa.Table(
    "reference_looks",
    METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("status", sa.JSON, nullable=False),
    sa.Column("is_over", sa.Boolean, nullable=False),
    sa.Column("is_stopped", sa.Boolean, nullable=False),
    sa.Column("looker", sa.String(32), nullable=False),
    sa.Column("until", sa.Float(53), nullable=False, index=True),
)
"""What is known of files and addresses in forms, where several processes look at them."""
RUN_TEXTS = sa.Table(
    "run_texts",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.String(64), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
)
_INDEX_DDL = (
    """CREATE VIRTUAL TABLE run_letters USING fts5(
        text, content='run_texts', content_rowid='number', tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER run_texts_added AFTER INSERT ON run_texts BEGIN
        INSERT INTO run_letters(rowid, text) VALUES (new.number, new.text);
    END""",
    """CREATE TRIGGER run_texts_removed AFTER DELETE ON run_texts BEGIN
        INSERT INTO run_letters(run_letters, rowid, text) VALUES ('delete', old.number, old.text);
    END""",
    """CREATE TRIGGER run_texts_changed AFTER UPDATE ON run_texts BEGIN
        INSERT INTO run_letters(run_letters, rowid, text) VALUES ('delete', old.number, old.text);
        INSERT INTO run_letters(rowid, text) VALUES (new.number, new.text);
    END""",
)


@sa.event.listens_for(RUN_TEXTS, "after_create")
def _create_index(_: sa.Table, connection: Connection, **__: Any) -> None:
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info < (3, 34):
        return
    has_fts5 = sa.text("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
    if connection.execute(has_fts5).scalar():
        for statement in _INDEX_DDL:
            connection.exec_driver_sql(statement)
