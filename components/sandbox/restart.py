"""What a sandbox does when it starts on a database that was used before.

What a caller was told still holds: an accepted video is rendered if its file is not complete. An
image request that was under way is lost with its connection: it is logged as failed and costs
nothing. What is older than a week is forgotten.
"""

from components.sandbox.app_state import AppState
from components.sandbox.jobs import Job
from components.sandbox.ledger.database import Connection, Database
from components.sandbox.rendering.render_job import RenderJob

KEPT_S = 7 * 24 * 3600


def take_up(shop: AppState) -> None:
    """Bring the database and the folder in order, and go on with unfinished videos."""
    _close_interrupted(shop.database)
    shop.jobs.settle()
    oldest_s = shop.ledger.now().timestamp() - KEPT_S
    _forget(shop.database, oldest_s)
    shop.ledger.top_up()
    unrendered = shop.jobs.unrendered()
    shop.file_store.clear_requests(except_ids={job.id for job in unrendered})
    shop.file_store.clear_files(oldest_s)
    for job in unrendered:
        _go_on(shop, job)


def _go_on(shop: AppState, job: Job) -> None:
    try:
        work = RenderJob.load(shop.file_store.request_folder(job.id), shop.options.contract)
    except (OSError, ValueError, LookupError, TypeError):
        shop.jobs.refused(job.id, "INTERNAL_ERROR", "The request was lost before it was rendered.")
    else:
        shop.start_video(job.id, work)


def _close_interrupted(database: Database) -> None:
    """Release and log as failed what was neither charged nor is a generation still going."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM holds WHERE inference_id NOT IN going")
        connection.execute(
            "UPDATE requests SET succeeded = 0 WHERE succeeded"
            " AND inference_id NOT IN going AND inference_id NOT IN charged"
        )


def _forget(database: Database, oldest_s: float) -> None:
    old = (oldest_s,)
    with database.transaction() as connection:
        _carry_forward(connection, oldest_s)
        connection.execute(
            "DELETE FROM requests WHERE created_at_s < ? AND inference_id NOT IN going", old
        )
        connection.execute(
            "DELETE FROM generations WHERE accepted_at_s < ? AND outcome IS NOT NULL", old
        )
        connection.execute("DELETE FROM served WHERE moment_s < ?", old)


def _carry_forward(connection: Connection, oldest_s: float) -> None:
    """Add old movements to the first one, so that the balance stays what it was."""
    (first,) = connection.execute("SELECT min(number) FROM movements").fetchone()
    change, latest_s = connection.execute(
        "SELECT sum(CASE direction WHEN 'TOPUP' THEN credits ELSE -credits END), max(created_at_s)"
        " FROM movements WHERE number > ? AND created_at_s < ?",
        (first, oldest_s),
    ).fetchone()
    if latest_s is not None:
        connection.execute(
            "UPDATE movements SET credits = credits + ?, created_at_s = ? WHERE number = ?",
            (change, latest_s, first),
        )
        connection.execute(
            "DELETE FROM movements WHERE number > ? AND created_at_s < ?", (first, oldest_s)
        )
