"""What a step brought is kept under the lease it was handed out with, and nothing else is undone.

Everything here happens inside the transaction of the connection that is given. A result that
cannot be written holds up no other: it is cleaned, and in the end cut down to what is paid for.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import RUNS
from components.errors import DatabaseUnavailable
from components.runs.run import Run, Status
from components.runs.store.generation_merge import has_learned, united
from components.runs.store.leases import Claim
from components.runs.store.run_rows import as_run, write_changes
from components.runs.store.storable_run import essence, storable_run

_STATES = (
    sa.select(RUNS.c.id, RUNS.c.lease_until, RUNS.c.cancel_requested)
    .where(RUNS.c.id.in_(sa.bindparam("ids", expanding=True)))
    .with_for_update()
)
LOGGER = logging.getLogger(__name__)


def write_results(connection: Connection, results: Sequence[tuple[Claim, Run]]) -> None:
    """Keep the results of steps under their leases, and with them what the page wrote meanwhile.

    All are written together; should that fail, each for itself.

    Raises:
        DatabaseUnavailable: nothing can be written just now.
    """
    if not results:
        return
    try:
        with connection.begin_nested():
            _write_together(connection, results)
    except DatabaseUnavailable:
        raise
    except Exception:
        LOGGER.exception("%d results could not be written together", len(results))
        for claim, run in results:
            _write_alone(connection, claim, run)


def _write_alone(connection: Connection, claim: Claim, run: Run) -> None:
    """Keep one result: as it is, else cleaned, else what is paid for and nothing more."""
    ways: tuple[Callable[[], Run], ...] = (
        lambda: run,
        lambda: storable_run(run),
        lambda: essence(claim.run, run),
    )
    for way in ways:
        try:
            with connection.begin_nested():
                _write_together(connection, [(claim, way())])
        except DatabaseUnavailable:
            raise
        except Exception:
            LOGGER.exception(
                "the result of a step of run %s could not be written",
                claim.run.id,
                extra={"run_id": claim.run.id},
            )
        else:
            return
    # The lease runs out, and the run is searched for or looked at again.
    LOGGER.critical(
        "the result of a step of run %s is lost: %r",
        claim.run.id,
        run,
        extra={"run_id": claim.run.id},
    )


def _write_together(connection: Connection, results: Sequence[tuple[Claim, Run]]) -> None:
    """Who learned a generation comes first: a run that had fetched it has no more results then."""
    learned = [it for it in results if has_learned(it[0].run, it[1])]
    others = [it for it in results if not has_learned(it[0].run, it[1])]
    for some in (learned, others):
        if some:
            _write_some(connection, some)


def _write_some(connection: Connection, results: Sequence[tuple[Claim, Run]]) -> None:
    """Most are written together: nothing came between, and few columns differ."""
    together = []
    ids = [run.id for _, run in results]
    rows = connection.execute(_STATES, {"ids": ids}).all()
    found = {row.id: (row.lease_until, row.cancel_requested) for row in rows}
    for claim, run in results:
        if found.get(run.id) == (claim.lease_until, claim.run.cancel_requested):
            together.append((claim.run, united(connection, claim.run, _withdrawn(run))))
        elif run.id in found:
            _write_with_care(connection, claim, run)
    write_changes(connection, together, lease_until=0)


def _write_with_care(connection: Connection, claim: Claim, run: Run) -> None:
    """Write the result of a run that was cancelled meanwhile, or whose lease was lost."""
    stored = as_run(connection.execute(RUNS.select().where(RUNS.c.id == run.id)).one())
    if stored.cancel_requested and not run.cancel_requested:
        added = run.events[len(claim.run.events) :]
        run = replace(run, cancel_requested=True, events=(*stored.events, *added))
    mine = (RUNS.c.id == run.id) & (RUNS.c.lease_until == claim.lease_until)
    if connection.execute(sa.select(RUNS.c.id).where(mine)).one_or_none():
        kept = united(connection, claim.run, _withdrawn(run))
        write_changes(connection, [(claim.run, kept)], lease_until=0)
    else:
        _rescue(connection, stored, claim, run)


def _rescue(connection: Connection, stored: Run, claim: Claim, run: Run) -> None:
    """Keep what a step learned of a result that is paid for, though its lease was lost."""
    learned = {
        name: getattr(run, name)
        for name in ("generation_id", "inference_id", "outputs", "response", "charged_usd")
        if getattr(run, name)
    }
    accepted = run.status in (Status.GENERATING, Status.SAVING)
    if claim.run.status is not Status.SUBMITTING or not accepted or stored.generation_id:
        return
    if stored.status not in (Status.UNCERTAIN, Status.FAILED):
        return
    at = run.events[-1].at
    late = stored.moved(
        run.status, at, "The provider's answer came late.", **learned, deleted_at=None
    )
    write_changes(connection, [(stored, united(connection, stored, late))], lease_until=0)


def _withdrawn(run: Run) -> Run:
    """A run that was cancelled and then not accepted is over."""
    if run.cancel_requested and run.status is Status.QUEUED:
        return run.moved(Status.CANCELLED, run.events[-1].at, "Cancelled: it was never accepted.")
    return run
