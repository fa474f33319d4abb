"""The first schema: what a database has that was made before revisions were noted."""

import sqlite3
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
DUE_AT = "(CASE WHEN next_step_at > lease_until THEN next_step_at ELSE lease_until END)"
ACTIVE = "status NOT IN ('cancelled', 'done', 'failed')"
IN_FLIGHT = "status IN ('submitting', 'uncertain', 'generating')"
UNCHARGED = "charged_usd IS NULL AND status IN ('done', 'failed')"
KEPT = "deleted_at IS NULL"
LETTERS = (
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


def upgrade() -> None:
    """Make all of it."""
    _runs()
    _run_indexes()
    _indexes_of_steps()
    _purged_runs()
    _beside_runs()
    _letters()


def _index(name: str, table: str, *columns: Any, where: str = "") -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, list(columns), sqlite_where=only, postgresql_where=only)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("next_step_at", sa.Float(53), nullable=False),
        sa.Column("lease_until", sa.Float(53), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.Float(53)),
        sa.Column("finished_at", sa.Float(53)),
        sa.Column("expected_s", sa.Float(53)),
        sa.Column("rendered_s", sa.Float(53)),
        sa.Column("generation_id", sa.String(256)),
        sa.Column("inference_id", sa.String(256)),
        sa.Column("quoted_usd", sa.Float(53)),
        sa.Column("charged_usd", sa.Float(53)),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("response", sa.JSON(none_as_null=True)),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.String(32), server_default="", nullable=False),
        sa.Column("trouble_since", sa.Float(53)),
        sa.Column("tallies", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("tried_at", sa.Float(53)),
        sa.Column("unresolved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("provider_request_id", sa.String(256)),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.Column("favourite", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("parents", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("group_id", sa.String(64)),
        sa.Column("group_labels", sa.JSON(none_as_null=True)),
        sa.Column("group_index", sa.Integer()),
        sa.Column("asked_hash", sa.String(64)),
        sa.Column("deleted_at", sa.Float(53)),
        sa.Column("charge_unknown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("charge_looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("charge_looked_at", sa.Float(53)),
        sa.PrimaryKeyConstraint("id"),
    )


def _run_indexes() -> None:
    _index("runs_by_model", "runs", "model", "status", "finished_at")
    _index(
        "runs_figures",
        "runs",
        "finished_at",
        "status",
        "model",
        "submitted_at",
        "quoted_usd",
        "charged_usd",
    )
    _index("runs_listed", "runs", "created_at", "id", where=KEPT)
    _index("runs_of_generation", "runs", "generation_id")
    _index("runs_of_group", "runs", "group_id", "created_at", "id", where=KEPT)
    _index("runs_of_inference", "runs", "inference_id")
    _index("runs_of_model", "runs", "model", "created_at", "id", where=KEPT)
    _index(
        "runs_of_model_and_status",
        "runs",
        "model",
        "status",
        "created_at",
        "id",
        where=KEPT,
    )
    _index("runs_of_status", "runs", "status", "created_at", "id", where=KEPT)


def _indexes_of_steps() -> None:
    _index(
        "runs_sent",
        "runs",
        "status",
        "deleted_at",
        where=f"{IN_FLIGHT} AND {KEPT}",
    )
    _index("runs_starred", "runs", "favourite", "created_at", "id", where=KEPT)
    _index(
        "runs_uncharged",
        "runs",
        "charge_unknown",
        "finished_at",
        where=UNCHARGED,
    )
    _index(
        "runs_waiting",
        "runs",
        "created_at",
        "id",
        "status",
        "model",
        "next_step_at",
        "lease_until",
        where="status = 'queued'",
    )
    _index(
        "runs_due_at",
        "runs",
        sa.literal_column(DUE_AT),
        where=ACTIVE,
    )
    _index("runs_to_copy", "runs", sa.literal_column(DUE_AT), where="status = 'saving'")
    _index(
        "runs_to_look_at",
        "runs",
        sa.literal_column(DUE_AT),
        where=IN_FLIGHT,
    )


def _purged_runs() -> None:
    op.create_table(
        "purged_runs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("submitted_at", sa.Float(53)),
        sa.Column("finished_at", sa.Float(53)),
        sa.Column("quoted_usd", sa.Float(53)),
        sa.Column("charged_usd", sa.Float(53)),
        sa.Column("generation_id", sa.String(256)),
        sa.Column("inference_id", sa.String(256)),
        sa.Column("charge_looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("charge_looked_at", sa.Float(53)),
        sa.Column("charge_unknown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("ix_purged_runs_finished_at", "purged_runs", "finished_at")
    _index("ix_purged_runs_generation_id", "purged_runs", "generation_id")
    _index("ix_purged_runs_inference_id", "purged_runs", "inference_id")
    _index(
        "purged_runs_uncharged",
        "purged_runs",
        "charge_unknown",
        "finished_at",
        where=UNCHARGED,
    )


def _beside_runs() -> None:
    op.create_table(
        "form_files",
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("until", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("holder", "name"),
    )
    _index("ix_form_files_name", "form_files", "name")
    _index("ix_form_files_until", "form_files", "until")
    op.create_table(
        "kit_elements",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("element", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "media_leftovers",
        sa.Column("name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "run_media",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", "run_id"),
    )
    _index("ix_run_media_run_id", "run_media", "run_id")
    op.create_table(
        "run_parents",
        sa.Column("parent_id", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("parent_id", "run_id"),
    )
    _index("ix_run_parents_run_id", "run_parents", "run_id")
    op.create_table(
        "run_texts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("run_id"),
    )


def _letters() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info < (3, 34):
        return
    if connection.scalar(sa.text("SELECT sqlite_compileoption_used('ENABLE_FTS5')")):
        for statement in LETTERS:
            op.execute(statement)
