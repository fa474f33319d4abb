"""What guests said of each run, counted where History can look it up."""

from collections import Counter
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.showcase_tables import (
    RUN_REVIEWS,
    SHOWCASE_COMMENTS,
    SHOWCASE_RUNS,
    SHOWCASE_VERDICTS,
)
from components.runs.store.change_log import note_written
from components.showcases.review import Verdict

_COLUMNS = {
    Verdict.APPROVE: "approvals",
    Verdict.CHANGE: "change_requests",
    Verdict.REJECT: "rejections",
}


def count_reviews(connection: Connection, item_id: str) -> None:
    """Count anew what was said of the runs of an item."""
    count_reviews_of_runs(connection, runs_of_items(connection, [item_id]))


def runs_of_items(connection: Connection, item_ids: Collection[str]) -> list[str]:
    """The runs of which items show something, or did before it was taken out."""
    wanted = sa.select(SHOWCASE_RUNS.c.run_id).where(SHOWCASE_RUNS.c.item_id.in_(item_ids))
    return list(connection.execute(wanted.distinct()).scalars())


def count_reviews_of_runs(connection: Connection, run_ids: Collection[str]) -> None:
    """Count anew what was said of runs."""
    for run_id in run_ids:
        items = sa.select(SHOWCASE_RUNS.c.item_id).where(SHOWCASE_RUNS.c.run_id == run_id)
        figures = _figures(connection, list(connection.execute(items).scalars()))
        connection.execute(RUN_REVIEWS.delete().where(RUN_REVIEWS.c.run_id == run_id))
        if any(figures.values()):
            connection.execute(RUN_REVIEWS.insert().values(run_id=run_id, **figures))
        note_written(connection, run_id)


def _figures(connection: Connection, item_ids: Collection[str]) -> dict[str, int]:
    verdicts, comments = SHOWCASE_VERDICTS.c, SHOWCASE_COMMENTS.c
    given = connection.execute(sa.select(verdicts.verdict).where(verdicts.item_id.in_(item_ids)))
    counted = Counter(given.scalars())
    said = sa.select(sa.func.count()).where(
        comments.item_id.in_(item_ids), comments.guest_id.is_not(None), ~comments.is_deleted
    )
    figures = {name: counted[verdict] for verdict, name in _COLUMNS.items()}
    return {**figures, "comments": int(connection.execute(said).scalar_one())}
