"""What is kept in an object store has a table, which garbage collection goes by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "kept_media",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.Float(53), nullable=False),
        sa.Column("is_whole", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deleted_at", sa.Float(53)),
        sa.Column("removal_at", sa.Float(53)),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("ix_kept_media_deleted_at", "kept_media", ["deleted_at"])
