"""What one replica knows of a file or an address in a form, the others know too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reference_looks",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("looker", sa.String(32), nullable=False),
        sa.Column("until", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_reference_looks_until", "reference_looks", ["until"])
