"""Runs as the workers of several machines claim them: each step counts only under its own claim.

That a job is done by one worker is the job queue's business. A run's lease is only the mark of the
latest claim: what an earlier one brings then is written no more, but for what was paid for.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.database.engine import reading, row_by_row
from components.database.schema import ACTIVE, QUEUED, RUNS
from components.runs.run import Run, Status
from components.runs.store import leases
from components.runs.store.leases import Allowance, Claim, Dispatcher, WorkerPool
from components.runs.store.run_rows import as_run
from components.runs.store.step_results import write_results

LEASE_S = 900.0
AT_ONCE = 64
"""Runs of a kind that are handed out in one transaction."""
_MARK_S = 0.001
"""By so much a claim's mark is later than the one before, whatever the clock says."""
_DUE = RUNS.c.next_step_at <= sa.bindparam("now", type_=sa.Float)
_GOING_ON = sa.select(RUNS.c.id, RUNS.c.status).where(ACTIVE, ~QUEUED, _DUE)


@dataclass(frozen=True)
class Next:
    """When a run's next step is due, in seconds since the epoch, and in which lane."""

    at: float
    lane: WorkerPool


class RunClaims:
    """Every method is one transaction, beside those of all other workers."""

    def __init__(self, database: sa.Engine, slow_models: Collection[str]) -> None:
        """`slow_models` answer their POST only when they are done (lane `PICTURES`)."""
        self._database = database
        self._engine = row_by_row(database)
        self._slow_models = slow_models
        self._dispatcher = Dispatcher(slow_models)

    def claim(self, run_id: str, now: float) -> Claim | Next | None:
        """Claim a run for its next step, or say when that is due.

        None where there is none: it is over, gone, or not handed out from the queue.
        """
        wanted = RUNS.select().where(RUNS.c.id == run_id, ACTIVE).with_for_update()
        with self._engine.begin() as connection:
            row = connection.execute(wanted).one_or_none()
            if row is None or (row.status == Status.QUEUED and not row.lease_until):
                return None
            run = as_run(row)
            if run.next_step_at > now and run.status is not Status.QUEUED:
                return self.next_step(run)
            until = max(now + LEASE_S, row.lease_until + _MARK_S)
            (claim,) = leases.claim(connection, [run], self.lane_of(run), until, now)
        return claim

    def begin_sending(self, claim: Claim, now: float) -> Claim:
        """Store the intent to send a queued run: see `RunStore.begin_sending`."""
        with self._engine.begin() as connection:
            return leases.begin_sending(connection, claim, now)

    def write(self, claim: Claim, run: Run) -> None:
        """Keep what a step brought."""
        with self._engine.begin() as connection:
            write_results(connection, [(claim, run)])

    def hand_out(self, connection: Connection, allowance: Allowance, now: float) -> list[Claim]:
        """Let the first runs of the queue be sent, as many as are allowed."""
        room = {WorkerPool.PICTURES: AT_ONCE, WorkerPool.VIDEOS: AT_ONCE}
        return self._dispatcher.hand_out_queue(connection, room, allowance, now, LEASE_S)

    def going_on(self, now: float) -> dict[str, WorkerPool]:
        """The ids of all runs at the provider, or on the way home, whose next step is due."""
        with reading(self._database) as connection:
            found = connection.execute(_GOING_ON, {"now": now}).all()
        return {run_id: _LANES.get(status, WorkerPool.STEPS) for run_id, status in found}

    def begun(self, connection: Connection, now: float) -> int:
        """How many runs are handed out and not sent yet."""
        return leases.begun(connection, now)

    def next_step(self, run: Run) -> Next | None:
        """The next step of a run; None where it is over, or waits in the queue."""
        if run.status.is_final or run.status is Status.QUEUED:
            return None
        return Next(run.next_step_at, self.lane_of(run))

    def lane_of(self, run: Run) -> WorkerPool:
        """Who takes the run's next step."""
        if run.status is Status.QUEUED:
            return WorkerPool.PICTURES if run.model in self._slow_models else WorkerPool.VIDEOS
        return _LANES.get(run.status, WorkerPool.STEPS)


_LANES = {Status.SAVING: WorkerPool.COPIES}
