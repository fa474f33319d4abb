"""What several processes that share a key know of the provider together."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Make its table."""
    op.create_table(
        "provider_state",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
