"""How often a run was begun to be sent has a column; it was counted in the lines of its receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
BEGUN = "Sending."
RUNS = sa.table(
    "runs", sa.column("id"), sa.column("events", sa.JSON), sa.column("times_begun", sa.Integer)
)


def upgrade() -> None:
    """Add it, and count once what the receipts say."""
    column = sa.Column("times_begun", sa.Integer, nullable=False, server_default="0")
    op.add_column("runs", column)
    connection = op.get_bind()
    counted = [
        {"run_id": row.id, "count": sum(it["what"] == BEGUN for it in row.events)}
        for row in connection.execute(sa.select(RUNS.c.id, RUNS.c.events))
    ]
    if counted:
        update = RUNS.update().where(RUNS.c.id == sa.bindparam("run_id"))
        connection.execute(update.values(times_begun=sa.bindparam("count")), counted)
