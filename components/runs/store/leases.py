"""Leases: steps are handed out to one worker each, and count only while its lease holds.

Everything here happens inside the transaction of the connection that is given.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.schema import ACTIVE, DUE_AT, IN_FLIGHT, KEPT, QUEUED, RUNS, SAVING
from components.errors import DatabaseUnavailable
from components.runs.retry import LONGEST_PAUSE_S
from components.runs.run import Run, Status
from components.runs.store.change_log import note_written
from components.runs.store.run_rows import as_run, changed_columns, write_changes
from components.runs.wording import LOOKED_FOR

ENDED_AT_ONCE = 500
LOGGER = logging.getLogger(__name__)
COPY_LEASE_S = 86_400.0
"""A server that can only send all of a file at once may take hours for it."""


# Made once: putting these together anew would be half of what a turn costs.
_NOW = sa.bindparam("now", type_=sa.Float)
_MOST = sa.bindparam("most", type_=sa.Integer)
_IS_DUE = _NOW >= DUE_AT
# Joined with nothing, so that no index by model is taken, after which all must be sorted.
_IS_SLOW = RUNS.c.model.concat("").in_(sa.bindparam("slow", expanding=True))


def _first(*which: sa.ColumnElement[bool], by: Sequence[Any]) -> sa.Select[Any]:
    """The first so many whole runs of a kind, which nobody else has locked."""
    listed = RUNS.select().where(*which).order_by(*by)
    return listed.limit(_MOST).with_for_update(skip_locked=True)


_IN_FLIGHT_DUE = _first(IN_FLIGHT, _IS_DUE, by=[DUE_AT])
_SAVING_DUE = _first(SAVING, _IS_DUE, by=[DUE_AT])
_SLOW_QUEUED = _first(QUEUED, _IS_DUE, _IS_SLOW, by=[RUNS.c.created_at, RUNS.c.id])
_QUICK_QUEUED = _first(QUEUED, _IS_DUE, ~_IS_SLOW, by=[RUNS.c.created_at, RUNS.c.id])
_COUNTED = sa.select(sa.func.count()).select_from(RUNS)
# None of them is deleted; saying so picks the index that is there for counting.
_COUNT_IN_FLIGHT = _COUNTED.where(IN_FLIGHT, KEPT)
_COUNT_BEGUN = _COUNTED.where(QUEUED, RUNS.c.lease_until > _NOW)
_NEXT_DUE = sa.select(sa.func.min(DUE_AT)).select_from(RUNS).where(ACTIVE, _NOW < DUE_AT)
_DUE_TOO_LATE = RUNS.update().where(ACTIVE, _NOW < DUE_AT)


class WorkerPool(Enum):
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
    lane: WorkerPool
    lease_until: float


@dataclass(frozen=True)
class Allowance:
    """How many queued runs may be handed out, as long as fewer than `in_flight` are under way."""

    to_send: int = 1_000_000
    in_flight: int = 1_000_000


@dataclass(frozen=True)
class Dispatcher:
    """Hands out due runs: `slow_models` answer their POST only when they are done."""

    slow_models: Collection[str]

    def hand_out(
        self,
        connection: Connection,
        lane: WorkerPool,
        now: float,
        lease_s: float,
        limit: int,
        *,
        held: Collection[str] = (),
    ) -> list[Claim]:
        """Claim up to `limit` due runs that were sent already, the longest due first.

        Those that are `held` here are worked on, though their leases ran out.
        """
        if limit <= 0:
            return []
        due = _SAVING_DUE if lane is WorkerPool.COPIES else _IN_FLIGHT_DUE
        if held:
            due = due.where(_not_in(held))
        lease_s = max(lease_s, COPY_LEASE_S) if lane is WorkerPool.COPIES else lease_s
        runs = _read(connection, due, {"now": now, "most": limit}, now + lease_s)
        return claim(connection, runs, lane, now + lease_s, now)

    def hand_out_queue(
        self,
        connection: Connection,
        room: Mapping[WorkerPool, int],
        allowance: Allowance,
        now: float,
        lease_s: float,
    ) -> list[Claim]:
        """Claim queued runs in the order they were made, as far as there is room and allowance."""
        if allowance.to_send <= 0:
            return []
        spare = allowance.in_flight - in_flight(connection) - begun(connection, now)
        limit = min(allowance.to_send, spare)
        due = [
            (lane, run)
            for lane in (WorkerPool.PICTURES, WorkerPool.VIDEOS)
            for run in self._queue(connection, lane, now, lease_s, min(room.get(lane, 0), limit))
        ]
        due.sort(key=lambda it: (it[1].created_at, it[1].id))
        allowed = due[: max(0, limit)]
        return [
            handed_out
            for lane in (WorkerPool.PICTURES, WorkerPool.VIDEOS)
            for handed_out in claim(
                connection, [run for it, run in allowed if it is lane], lane, now + lease_s, now
            )
        ]

    def _queue(
        self, connection: Connection, lane: WorkerPool, now: float, lease_s: float, limit: int
    ) -> list[Run]:
        """The first runs of the queue that this lane sends."""
        if limit <= 0:
            return []
        given = {"now": now, "most": limit, "slow": list(self.slow_models)}
        due = _SLOW_QUEUED if lane is WorkerPool.PICTURES else _QUICK_QUEUED
        return _read(connection, due, given, now + lease_s)


def _read(
    connection: Connection, due: sa.Select[Any], given: Mapping[str, Any], put_off_until: float
) -> list[Run]:
    """The due runs that can be read; a row that cannot holds up no other, and is put off."""
    try:
        return [as_run(row) for row in connection.execute(due, given)]
    except DatabaseUnavailable:
        raise
    except Exception:
        LOGGER.exception("a run that is due cannot be read")
    runs = []
    for run_id in connection.execute(due.with_only_columns(RUNS.c.id), given).scalars().all():
        mine = RUNS.c.id == run_id
        try:
            runs.append(as_run(connection.execute(RUNS.select().where(mine)).one()))
        except DatabaseUnavailable:
            raise
        except Exception:
            LOGGER.exception(
                "run %s cannot be read; it is put off", run_id, extra={"run_id": run_id}
            )
            connection.execute(RUNS.update().where(mine).values(lease_until=put_off_until))
    return runs


def in_flight(connection: Connection) -> int:
    """How many runs the provider works on, or may work on."""
    return int(connection.execute(_COUNT_IN_FLIGHT).scalar_one())


def begun(connection: Connection, now: float) -> int:
    """How many queued runs were handed out and will be sent in a moment."""
    return int(connection.execute(_COUNT_BEGUN, {"now": now}).scalar_one())


def place(connection: Connection, run: Run) -> int:
    """The place in the queue of a run that is in there, from 1 on."""
    before = sa.tuple_(RUNS.c.created_at, RUNS.c.id) < sa.tuple_(
        sa.literal(run.created_at), sa.literal(run.id)
    )
    counted = sa.select(sa.func.count()).select_from(RUNS).where(QUEUED, before)
    return 1 + int(connection.execute(counted).scalar_one())


def next_due(connection: Connection, after: float) -> float | None:
    """When the earliest step is due, later than `after`, that nobody works on; or None."""
    due: float | None = connection.execute(_NEXT_DUE, {"now": after}).scalar()
    return due


def bring_forward(connection: Connection, now: float, held: Mapping[str, float]) -> None:
    """Make due what is due later than any pause lasts, and not `held`: the clock was set back."""
    far = now + LONGEST_PAUSE_S
    worked_on = [run_id for run_id, until in held.items() if until > far]
    late = _DUE_TOO_LATE.where(_not_in(worked_on)) if worked_on else _DUE_TOO_LATE
    connection.execute(late, {"now": far, "next_step_at": now, "lease_until": 0})


def end_queued(connection: Connection, created_before: float, now: float, why: str) -> int:
    """Give up queued runs that nobody works on and that wait since then; returns how many."""
    waiting = (
        RUNS.select()
        .where(QUEUED, RUNS.c.created_at <= created_before, RUNS.c.lease_until <= now)
        .limit(ENDED_AT_ONCE)
    )
    runs = _read(connection, waiting, {}, now + LONGEST_PAUSE_S)
    ended = [(run, run.failed(now, why, charged_usd=0.0)) for run in runs]
    write_changes(connection, ended)
    return len(ended)


def sent_since(connection: Connection, moment: float) -> list[float]:
    """When runs were sent after a moment, earliest first."""
    sent = sa.select(RUNS.c.submitted_at).where(RUNS.c.submitted_at > moment)
    return list(connection.execute(sent.order_by(RUNS.c.submitted_at)).scalars())


def begin_sending(connection: Connection, claim: Claim, now: float) -> Claim:
    """Store the intent to send; the run comes back `submitting` if it may still be sent."""
    run = claim.run
    sending = run.begun(now)
    mine = (RUNS.c.id == run.id) & (RUNS.c.lease_until == claim.lease_until)
    changed = changed_columns(run, sending)
    written = connection.execute(RUNS.update().where(mine, QUEUED).values(**changed))
    note_written(connection, run.id, run.group_id)
    return replace(claim, run=sending) if written.rowcount else claim


def release_all(connection: Connection) -> None:
    """Forget every lease."""
    held = RUNS.c.lease_until > 0
    connection.execute(RUNS.update().where(ACTIVE, held).values(lease_until=0))


def _not_in(run_ids: Collection[str]) -> sa.ColumnElement[bool]:
    return RUNS.c.id.not_in(list(run_ids)) if run_ids else sa.true()


def claim(
    connection: Connection, runs: Sequence[Run], lane: WorkerPool, lease_until: float, now: float
) -> list[Claim]:
    """Hold runs for one step each; one that was being sent comes back `uncertain`."""
    claimed = [_claimed(run, now) for run in runs]
    write_changes(connection, list(zip(runs, claimed, strict=True)), lease_until=lease_until)
    return [Claim(run, lane, lease_until) for run in claimed]


def _claimed(run: Run, now: float) -> Run:
    if run.status is Status.SUBMITTING:
        what = "Interrupted while sending; looking for it."
        return run.moved(
            Status.UNCERTAIN, now, what, note=f"Interrupted while sending. {LOOKED_FOR}"
        )
    return run
