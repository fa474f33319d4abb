"""Showcases: what is shown, the links that lead to it, and what guests say of it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make their tables."""
    _showcases()
    _links_and_guests()
    _reviews()


def _showcases() -> None:
    op.create_table(
        "showcases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), server_default="", nullable=False),
        sa.Column("accent", sa.String(7), server_default="", nullable=False),
        sa.Column("logo", sa.String(80), server_default="", nullable=False),
        sa.Column("cover_item", sa.String(64), server_default="", nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("content_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("changed_at", sa.Float(53), nullable=False),
        sa.Column("deleted_at", sa.Float(53)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "showcase_items",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("showcase_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("caption", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("without_runs", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.Float(53)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_showcase_items_showcase_id", "showcase_items", ["showcase_id"])
    op.create_table(
        "showcase_media",
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name"),
    )
    op.create_index("ix_showcase_media_name", "showcase_media", ["name"])
    op.create_table(
        "showcase_runs",
        sa.Column("item_id", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("showcase_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "run_id"),
    )
    op.create_index("ix_showcase_runs_run_id", "showcase_runs", ["run_id"])
    op.create_index("ix_showcase_runs_showcase_id", "showcase_runs", ["showcase_id"])


def _links_and_guests() -> None:
    op.create_table(
        "showcase_links",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("showcase_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("expires_at", sa.Float(53)),
        sa.Column("revoked_at", sa.Float(53)),
        sa.Column("passphrase_hash", sa.String(200), server_default="", nullable=False),
        sa.Column("opened_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_at", sa.Float(53)),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("ix_showcase_links_showcase_id", "showcase_links", ["showcase_id"])
    op.create_table(
        "showcase_guests",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("showcase_id", sa.String(64), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_index("ix_showcase_guests_showcase_id", "showcase_guests", ["showcase_id"])


def _reviews() -> None:
    op.create_table(
        "showcase_comments",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("showcase_id", sa.String(64), nullable=False),
        sa.Column("item_id", sa.String(64), nullable=False),
        sa.Column("guest_id", sa.String(64)),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(none_as_null=True)),
        sa.Column("answers", sa.String(64)),
        sa.Column("is_resolved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_showcase_comments_item_id", "showcase_comments", ["item_id"])
    op.create_index("showcase_comments_changed", "showcase_comments", ["showcase_id", "version"])
    op.create_table(
        "showcase_verdicts",
        sa.Column("item_id", sa.String(64), nullable=False),
        sa.Column("guest_id", sa.String(64), nullable=False),
        sa.Column("showcase_id", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(8), server_default="", nullable=False),
        sa.Column("is_favourite", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_at", sa.Float(53), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "guest_id"),
    )
    op.create_index("showcase_verdicts_changed", "showcase_verdicts", ["showcase_id", "version"])
    op.create_table(
        "run_reviews",
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("approvals", sa.Integer(), nullable=False),
        sa.Column("change_requests", sa.Integer(), nullable=False),
        sa.Column("rejections", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_id"),
    )
