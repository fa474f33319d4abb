"""The jobs of Procrastinate: one for each run that goes on, and one that hands out the queue."""

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import procrastinate
import sqlalchemy as sa
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager
from sqlalchemy.engine import Connection

from components.database.engine import reading, row_by_row
from components.errors import DatabaseUnavailable
from components.runs.store.leases import WorkerPool

ADVANCE = "advance"
HAND_OUT = "hand_out"
HEARTBEAT_S = 5.0
STALLED_S = 20.0
"""A worker that has not told for so long that it lives is taken for dead."""
SCHEMA_LOCK = 1_802_267_251
"""Any number will do, as long as every process on one database takes the same."""
LOGGER = logging.getLogger(__name__)
_JOBS = sa.table(
    "procrastinate_jobs", sa.column("queueing_lock", sa.Text), sa.column("status", sa.Text)
)
_GOES_ON = sa.literal_column("status IN ('todo', 'doing')", sa.Boolean)
_LIVING = sa.text(
    "SELECT count(*) FROM procrastinate_workers "
    "WHERE last_heartbeat > now() - make_interval(secs => :stalled_s)"
)


class JobQueue:
    """Puts jobs in, from any thread; see `Worker` for who takes them out."""

    def __init__(self, database: sa.Engine) -> None:
        """Make Procrastinate's tables where there are none.

        Raises:
            DatabaseUnavailable: the database does not answer.
        """
        self._database = database
        self._writing = row_by_row(database)
        self._app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        with self._writing.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
            if not connection.scalar(sa.select(sa.func.to_regclass("procrastinate_jobs"))):
                _raw(connection).execute(SchemaManager.get_schema())

    def wake(self) -> None:
        """Have the queue handed out now; never raises, as it is handed out each second anyway."""
        try:
            with self._writing.begin() as connection:
                self._app.configure_task(
                    HAND_OUT,
                    queue=WorkerPool.STEPS.value,
                    queueing_lock=HAND_OUT,
                    priority=1,
                    connection=_raw(connection),
                ).defer()
        except AlreadyEnqueued:
            pass
        except DatabaseUnavailable as error:
            LOGGER.warning("%s The workers look by themselves.", error.message)
        except Exception:
            LOGGER.exception("the workers could not be told of new runs; they look by themselves")

    def advance(self, connection: Connection, lanes: Mapping[str, WorkerPool]) -> None:
        """Have the next step of runs taken in these lanes, by their ids; one at a time for each."""
        known = self._with_jobs(connection, lanes)
        jobs = [_job_of(run_id, lane) for run_id, lane in lanes.items() if run_id not in known]
        if jobs:
            self._app.job_manager.batch_defer_jobs(jobs, connection=_raw(connection))

    def advance_lost(self, lanes: Mapping[str, WorkerPool]) -> None:
        """Have the next step of those runs taken that no job is there for."""
        for run_id, lane in lanes.items():
            try:
                with self._writing.begin() as connection:
                    self.advance(connection, {run_id: lane})
            except AlreadyEnqueued:
                continue

    def without_jobs(self, run_ids: Collection[str]) -> set[str]:
        """Those of the runs whose next step nobody has been told to take."""
        with reading(self._database) as connection:
            return set(run_ids) - self._with_jobs(connection, run_ids)

    def workers_alive(self) -> int:
        """How many workers told of late that they live; each process has several.

        Raises:
            DatabaseUnavailable: the database does not answer.
        """
        with reading(self._database) as connection:
            return int(connection.execute(_LIVING, {"stalled_s": STALLED_S}).scalar_one())

    @staticmethod
    def _with_jobs(connection: Connection, run_ids: Iterable[str]) -> set[str]:
        wanted = _JOBS.c.queueing_lock.in_(list(run_ids))
        found = sa.select(_JOBS.c.queueing_lock).where(wanted, _GOES_ON)
        return set(connection.execute(found).scalars())


def _job_of(run_id: str, lane: WorkerPool) -> Job:
    return Job(
        id=None,
        queue=lane.value,
        lock=None,
        queueing_lock=run_id,
        task_name=ADVANCE,
        task_kwargs={"run_id": run_id},
    )


def _raw(connection: Connection) -> Any:
    """The driver's own connection, in whose transaction a job is put in."""
    return connection.connection.driver_connection
