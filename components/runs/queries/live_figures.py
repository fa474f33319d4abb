"""How the runs stand at this moment, and how all others ended: what a monitor asks for."""

from dataclasses import dataclass

import sqlalchemy as sa

from components.database.engine import reading
from components.database.schema import ACTIVE, DUE_AT, IN_FLIGHT, QUEUED, RUNS, SAVING
from components.runs.queries.run_figures import figures
from components.runs.run import FINAL, Status

UNDER_WAY = tuple(status for status in Status if status not in FINAL)


@dataclass(frozen=True)
class Ended:
    """How many runs of a model ended in one way; `charged_usd` lacks charges nobody knows yet."""

    model: str
    status: str
    runs: int
    charged_usd: float


@dataclass(frozen=True)
class LiveFigures:
    """`waiting` counts runs under way by status, each status that there is.

    `late_s` is for how long the earliest due step of a run that was sent waits for a worker,
    `queued_s` for how long the oldest queued run waits; both are 0 where nothing waits.
    """

    waiting: dict[str, int]
    late_s: float
    queued_s: float
    ended: tuple[Ended, ...]


def ask_database(database: sa.Engine) -> None:
    """Return once the database has answered. Raises `DatabaseUnavailable`."""
    with reading(database) as connection:
        connection.execute(sa.select(1)).scalar_one()


def live_figures(database: sa.Engine, now: float) -> LiveFigures:
    """The figures as they are; `now` is in seconds since the epoch."""
    by_status = sa.select(RUNS.c.status, sa.func.count()).where(ACTIVE).group_by(RUNS.c.status)
    # Each has an index in this order, of which the first entry is read.
    due = [sa.select(sa.func.min(DUE_AT)).select_from(RUNS).where(it) for it in (IN_FLIGHT, SAVING)]
    oldest = sa.select(sa.func.min(RUNS.c.created_at)).where(QUEUED)
    over = figures(lambda table: table.c.status.in_([str(it) for it in FINAL]))
    by_end = sa.select(
        over.c.model,
        over.c.status,
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(over.c.charged_usd), 0.0),
    ).group_by(over.c.model, over.c.status)
    with reading(database) as connection:
        counted = {str(status): int(count) for status, count in connection.execute(by_status)}
        due_at = [connection.execute(it).scalar() for it in due]
        queued_at = connection.execute(oldest).scalar()
        ended = tuple(Ended(*row) for row in connection.execute(by_end))
    return LiveFigures(
        {str(status): counted.get(status, 0) for status in UNDER_WAY},
        _passed_s(now, *due_at),
        _passed_s(now, queued_at),
        ended,
    )


def _passed_s(now: float, *moments: float | None) -> float:
    """Seconds since the earliest of these moments; 0 where there is none, or none has come."""
    return max(0.0, *(now - it for it in moments if it is not None), 0.0)
