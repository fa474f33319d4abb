"""Who works on which run: steps are handed out under a lease, and count only under it.

Everything here happens inside the transaction of the connection that is given.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.runs.run import Run, Status
from components.runs.tables import (
    ACTIVE,
    DUE_AT,
    IN_FLIGHT,
    QUEUED,
    RUNS,
    as_run,
    changed_columns,
    link,
)


class Lane(Enum):
    """Who does the next step; a slow kind never keeps the workers of another one.

    `PICTURES` sends what is answered only when it is done, `VIDEOS` what is answered at once.
    `COPIES` brings results home, `STEPS` is everything else: looks and searches.
    """

    PICTURES = "pictures"
    VIDEOS = "videos"
    STEPS = "steps"
    COPIES = "copies"


@dataclass(frozen=True)
class Claim:
    """A run handed out for one step; the result counts only under the same lease."""

    run: Run
    lane: Lane
    lease_until: float


@dataclass(frozen=True)
class Allowance:
    """How many queued runs may be handed out, as long as fewer than `in_flight` are under way."""

    to_send: int = 1_000_000
    in_flight: int = 1_000_000


@dataclass(frozen=True)
class Desk:
    """Hands out due runs: `slow_models` answer their POST only when they are done."""

    slow_models: Collection[str]

    def hand_out(
        self, connection: Connection, lane: Lane, now: float, lease_s: float, limit: int
    ) -> list[Claim]:
        """Claim up to `limit` due runs that were sent already, the longest due first."""
        if limit <= 0:
            return []
        copies = RUNS.c.status == Status.SAVING
        due = (
            RUNS.select()
            .where(ACTIVE, ~QUEUED, now >= DUE_AT)
            .where(copies if lane is Lane.COPIES else ~copies)
            .order_by(DUE_AT)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = connection.execute(due).all()
        return [_claim(connection, as_run(row), lane, now, lease_s) for row in rows]

    def hand_out_queue(
        self,
        connection: Connection,
        room: Mapping[Lane, int],
        allowance: Allowance,
        now: float,
        lease_s: float,
    ) -> list[Claim]:
        """Claim queued runs in the order they were made, as far as there is room and allowance."""
        due = [
            (lane, run)
            for lane in (Lane.PICTURES, Lane.VIDEOS)
            for run in self._queue(connection, lane, now, min(room.get(lane, 0), allowance.to_send))
        ]
        if not due:
            return []
        due.sort(key=lambda it: (it[1].created_at, it[1].id))
        spare = max(0, allowance.in_flight - in_flight(connection))
        return [
            _claim(connection, run, lane, now, lease_s)
            for lane, run in due[: min(allowance.to_send, spare)]
        ]

    def _queue(self, connection: Connection, lane: Lane, now: float, limit: int) -> list[Run]:
        """The first runs of the queue that this lane sends."""
        if limit <= 0:
            return []
        slow = RUNS.c.model.in_(self.slow_models)
        due = (
            RUNS.select()
            .where(QUEUED, now >= DUE_AT, slow if lane is Lane.PICTURES else ~slow)
            .order_by(RUNS.c.created_at, RUNS.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [as_run(row) for row in connection.execute(due)]


def in_flight(connection: Connection) -> int:
    """How many runs the provider works on, or may work on."""
    counted = sa.select(sa.func.count()).select_from(RUNS).where(IN_FLIGHT)
    return int(connection.execute(counted).scalar_one())


def place(connection: Connection, run: Run) -> int:
    """The place in the queue of a run that is in there, from 1 on."""
    before = sa.tuple_(RUNS.c.created_at, RUNS.c.id) < sa.tuple_(
        sa.literal(run.created_at), sa.literal(run.id)
    )
    counted = sa.select(sa.func.count()).select_from(RUNS).where(QUEUED, before)
    return 1 + int(connection.execute(counted).scalar_one())


def next_due(connection: Connection, after: float) -> float | None:
    """When the earliest step is due, later than `after`, that nobody works on; or None."""
    due: float | None = connection.execute(
        sa.select(sa.func.min(DUE_AT)).select_from(RUNS).where(ACTIVE, after < DUE_AT)
    ).scalar()
    return due


def sent_since(connection: Connection, moment: float) -> list[float]:
    """When runs were sent after a moment, earliest first."""
    sent = sa.select(RUNS.c.submitted_at).where(RUNS.c.submitted_at > moment)
    return list(connection.execute(sent.order_by(RUNS.c.submitted_at)).scalars())


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
    if not _kept(connection, claim, run):
        _rescue(connection, as_run(row), claim, run)


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
    late = stored.moved(run.status, at, "The provider's answer came late.", **learned)
    changed = changed_columns(stored, late)
    connection.execute(RUNS.update().where(RUNS.c.id == run.id).values(lease_until=0, **changed))
    link(connection, late, known=stored)


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


def _claim(connection: Connection, run: Run, lane: Lane, now: float, lease_s: float) -> Claim:
    claimed = _claimed(run, now)
    changed = changed_columns(run, claimed)
    connection.execute(
        RUNS.update().where(RUNS.c.id == run.id).values(lease_until=now + lease_s, **changed)
    )
    return Claim(claimed, lane, now + lease_s)


def _claimed(run: Run, now: float) -> Run:
    if run.status is Status.QUEUED:
        # Its troubles are not over before it is accepted.
        kept = {name: getattr(run, name) for name in ("attempts", "trouble", "trouble_since")}
        return run.moved(Status.SUBMITTING, now, "Sending.", submitted_at=now, **kept)
    if run.status is Status.SUBMITTING:
        return run.moved(Status.UNCERTAIN, now, "Interrupted while sending; looking for it.")
    return run


def _withdrawn(run: Run) -> Run:
    """A run that was cancelled and then not accepted is over."""
    if run.cancel_requested and run.status is Status.QUEUED:
        return run.moved(Status.CANCELLED, run.events[-1].at, "Cancelled: it was never accepted.")
    return run
