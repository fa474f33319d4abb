"""What a sandbox does when it starts on books that have been used before.

What a caller was told still holds: an accepted video is rendered if its file is not complete. An
image request that was under way is lost with its connection: it is logged as failed and costs
nothing. What is older than a week is forgotten.
"""

from components.sandbox.books import Books, Database
from components.sandbox.jobs import Job
from components.sandbox.work import Work
from components.sandbox.workshop import Workshop

KEPT_S = 7 * 24 * 3600


def take_up(shop: Workshop) -> None:
    """Bring the books and the folder in order, and go on with unfinished videos."""
    _close_interrupted(shop.books)
    shop.jobs.settle()
    oldest_s = shop.ledger.now().timestamp() - KEPT_S
    _forget(shop.books, oldest_s)
    shop.ledger.top_up()
    unrendered = shop.jobs.unrendered()
    shop.shelf.clear_requests(except_ids={job.id for job in unrendered})
    shop.shelf.clear_files(oldest_s)
    for job in unrendered:
        _go_on(shop, job)


def _go_on(shop: Workshop, job: Job) -> None:
    try:
        work = Work.load(shop.shelf.request_folder(job.id))
    except (OSError, ValueError, LookupError, TypeError):
        shop.jobs.refused(job.id, "INTERNAL_ERROR", "The request was lost before it was rendered.")
    else:
        shop.start_video(job.id, work)


def _close_interrupted(books: Books) -> None:
    """Release and log as failed what was neither charged nor is a generation still going."""
    with books.transaction() as database:
        database.execute("DELETE FROM holds WHERE inference_id NOT IN going")
        database.execute(
            "UPDATE requests SET succeeded = 0 WHERE succeeded"
            " AND inference_id NOT IN going AND inference_id NOT IN charged"
        )


def _forget(books: Books, oldest_s: float) -> None:
    old = (oldest_s,)
    with books.transaction() as database:
        _carry_forward(database, oldest_s)
        database.execute(
            "DELETE FROM requests WHERE created_at_s < ? AND inference_id NOT IN going", old
        )
        database.execute(
            "DELETE FROM generations WHERE accepted_at_s < ? AND outcome IS NOT NULL", old
        )
        database.execute("DELETE FROM served WHERE moment_s < ?", old)


def _carry_forward(database: Database, oldest_s: float) -> None:
    """Add old movements to the first one, so that the balance stays what it was."""
    (first,) = database.execute("SELECT min(number) FROM movements").fetchone()
    change, latest_s = database.execute(
        "SELECT sum(CASE direction WHEN 'TOPUP' THEN credits ELSE -credits END), max(created_at_s)"
        " FROM movements WHERE number > ? AND created_at_s < ?",
        (first, oldest_s),
    ).fetchone()
    if latest_s is not None:
        database.execute(
            "UPDATE movements SET credits = credits + ?, created_at_s = ? WHERE number = ?",
            (change, latest_s, first),
        )
        database.execute(
            "DELETE FROM movements WHERE number > ? AND created_at_s < ?", (first, oldest_s)
        )
