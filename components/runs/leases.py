"""Who works on which run: steps are handed out under a lease, and count only under it.

Everything here happens inside the transaction of the connection that is given.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.run import Run, Status
from components.runs.tables import ACTIVE, DUE_AT, RUNS, as_run, changed_columns, link


class Lane(Enum):
    """Who does the next step: pictures hold their worker for as long as they take."""

    PICTURES = "pictures"
    STEPS = "steps"


@dataclass(frozen=True)
class Claim:
    """A run handed out for one step; the result counts only under the same lease."""

    run: Run
    lane: Lane
    lease_until: float


@dataclass(frozen=True)
class Desk:
    """Hands out due runs of one kind: `slow_models` answer their POST only when they are done."""

    slow_models: Collection[str]

    def hand_out(
        self, connection: Connection, lane: Lane, now: float, lease_s: float, limit: int
    ) -> list[Claim]:
        """Claim up to `limit` due runs, the longest due first."""
        claims = []
        for run in self._due(connection, lane, now, limit):
            claimed = _claimed(run, now)
            claims.append(Claim(claimed, lane, now + lease_s))
            changed = changed_columns(run, claimed)
            connection.execute(
                RUNS.update()
                .where(RUNS.c.id == run.id)
                .values(lease_until=now + lease_s, **changed)
            )
        return claims

    def _due(self, connection: Connection, lane: Lane, now: float, limit: int) -> list[Run]:
        slow = RUNS.c.model.in_(self.slow_models) & (RUNS.c.status == Status.QUEUED)
        due = (
            RUNS.select()
            .where(ACTIVE, now >= DUE_AT)
            .where(slow if lane is Lane.PICTURES else ~slow)
            .order_by(DUE_AT)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [as_run(row) for row in connection.execute(due)]


def next_due(connection: Connection) -> float | None:
    """When the earliest step is due that nobody works on, or None."""
    due: float | None = connection.execute(
        sa.select(sa.func.min(DUE_AT)).select_from(RUNS).where(ACTIVE)
    ).scalar()
    return due


def release_all(connection: Connection) -> None:
    """Forget every lease."""
    held = RUNS.c.lease_until > 0
    connection.execute(RUNS.update().where(ACTIVE, held).values(lease_until=0))


def write_result(connection: Connection, claim: Claim, run: Run) -> None:
    """Keep a step's result under its lease, and with it what the page wrote meanwhile."""
    run = _withdrawn(run)
    if _kept(connection, claim, run, unless_cancelled_meanwhile=True):
        return
    row = connection.execute(
        RUNS.select().where(RUNS.c.id == run.id).with_for_update()
    ).one_or_none()
    if row is None:
        return
    if row.cancel_requested and not run.cancel_requested:
        stored = as_run(row)
        added = run.events[len(claim.run.events) :]
        run = _withdrawn(replace(run, cancel_requested=True, events=(*stored.events, *added)))
    if not _kept(connection, claim, run) and run.generation_id:
        connection.execute(
            RUNS.update()
            .where(RUNS.c.id == run.id, RUNS.c.generation_id.is_(None))
            .values(generation_id=run.generation_id)
        )


def _kept(
    connection: Connection, claim: Claim, run: Run, *, unless_cancelled_meanwhile: bool = False
) -> bool:
    """Write what the step changed, if the lease still holds; tell whether it did."""
    mine = (RUNS.c.id == run.id) & (RUNS.c.lease_until == claim.lease_until)
    if unless_cancelled_meanwhile:
        mine &= RUNS.c.cancel_requested == claim.run.cancel_requested
    changed = changed_columns(claim.run, run)
    written = connection.execute(RUNS.update().where(mine).values(lease_until=0, **changed))
    if written.rowcount and "outputs" in changed:
        link(connection, run, known=claim.run)
    return bool(written.rowcount)


def _claimed(run: Run, now: float) -> Run:
    if run.status is Status.QUEUED:
        return run.moved(
            Status.SUBMITTING, now, "Sending.", submitted_at=now, attempts=run.attempts
        )
    if run.status is Status.SUBMITTING:
        return run.moved(Status.UNCERTAIN, now, "Interrupted while sending; looking for it.")
    return run


def _withdrawn(run: Run) -> Run:
    """A run that was cancelled and then not accepted is over."""
    if run.cancel_requested and run.status is Status.QUEUED:
        return run.moved(Status.CANCELLED, run.events[-1].at, "Cancelled: it was never accepted.")
    return run
