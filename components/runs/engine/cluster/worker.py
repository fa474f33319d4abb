"""A worker: takes jobs out of Procrastinate's queues, a pool of threads for each lane."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker as LaneWorker
from typing_extensions import override

from components.runs.engine.cluster.job_queue import (
    ADVANCE,
    HAND_OUT,
    HEARTBEAT_S,
    STALLED_S,
)
from components.runs.engine.cluster.patient_connector import PatientConnector
from components.runs.engine.cluster.run_claims import Next
from components.runs.engine.cluster.step_taker import StepTaker
from components.runs.engine.scheduler import WORKERS, thread_pool
from components.runs.store.leases import WorkerPool

POLL_EVERY_S = 0.3
"""What is due is found by looking: half of this is how late a step is when nothing is busy."""
FAULT_S = 2.0
TAKE_OVER_EVERY_S = 5.0
LOGGER = logging.getLogger(__name__)


class _NextStep(Exception):
    """Ends a job that goes on later: for Procrastinate, one that is to be tried again."""

    def __init__(self, step: Next) -> None:
        self.step = step
        super().__init__()


class _WhenItIsDue(procrastinate.BaseRetryStrategy):
    """A run's job comes back when its next step is due, and soon after a fault."""

    @override
    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision:
        if isinstance(exception, _NextStep):
            at = datetime.fromtimestamp(exception.step.at, UTC)
            return procrastinate.RetryDecision(retry_at=at, queue=exception.step.lane.value)
        LOGGER.warning("the job of run %s is tried again: %s", job.queueing_lock, exception)
        return procrastinate.RetryDecision(retry_in={"seconds": int(FAULT_S)})


class Worker:
    """Takes steps until `stop`; any number of them may run, on any machine."""

    def __init__(
        self,
        conninfo: str,
        steps: StepTaker,
        hand_out: Callable[[], object],
        workers: Mapping[WorkerPool, int] = WORKERS,
    ) -> None:
        """`conninfo` as libpq takes it; `hand_out` lets queued runs be sent."""
        self._conninfo = conninfo
        self._steps = steps
        self._hand_out = hand_out
        self._workers = workers
        self._pools: dict[WorkerPool, Executor] = {}
        self._doing: set[int] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._connector = PatientConnector(conninfo, connections=len(workers) + 4)

    def run(self, stop_s: float) -> None:
        """Work until told to stop; what is under way has `stop_s` seconds then."""
        asyncio.run(self._run(stop_s))

    def stop(self) -> None:
        """Begin nothing new; returns at once, from any thread and from a signal handler."""
        self._steps.stop()
        if self._loop:
            self._loop.call_soon_threadsafe(self._stop.set)

    async def _run(self, stop_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._pools = {lane: thread_pool(lane, count) for lane, count in self._workers.items()}
        while not self._stop.is_set():
            try:
                await self._work(stop_s)
            except ConnectorException:
                LOGGER.warning("the database does not answer; the worker begins anew")
            except Exception:
                LOGGER.exception("the worker begins anew")
            await _first_of(self._stop.wait(), asyncio.sleep(1.0 if not self._stop.is_set() else 0))
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    async def _work(self, stop_s: float) -> None:
        """Work until told to stop, or until one of the lanes ends by itself."""
        app = self._app()
        async with app.open_async():
            lanes = [self._lane(app, lane, count, stop_s) for lane, count in self._workers.items()]
            tasks = [asyncio.create_task(_running(lane)) for lane in lanes]
            care = asyncio.create_task(self._take_over(app, lanes))
            try:
                await _first_of(self._stop.wait(), *(asyncio.shield(task) for task in tasks))
            finally:
                care.cancel()
                for lane in lanes:
                    lane.stop()  # type: ignore[no-untyped-call]
                results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    @staticmethod
    def _lane(app: procrastinate.App, lane: WorkerPool, count: int, stop_s: float) -> LaneWorker:
        return LaneWorker(
            app,
            queues=[lane.value],
            name=lane.value,
            concurrency=count,
            fetch_job_polling_interval=POLL_EVERY_S,
            # Nothing is aborted: a step that began is ended.
            abort_job_polling_interval=3600.0,
            shutdown_graceful_timeout=stop_s,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_S,
        )

    def _app(self) -> procrastinate.App:
        app = procrastinate.App(connector=self._connector)
        app.task(name=ADVANCE, retry=_WhenItIsDue(), pass_context=True)(self._advance)
        app.task(name=HAND_OUT, pass_context=True)(self._hand_out_queue)
        return app

    async def _advance(self, context: procrastinate.JobContext, run_id: str) -> None:
        lane = WorkerPool(context.job.queue)
        step = await self._in_thread(context, lane, self._steps.take, run_id, lane)
        if step:
            raise _NextStep(step)

    async def _hand_out_queue(self, context: procrastinate.JobContext) -> None:
        await self._in_thread(context, WorkerPool.STEPS, self._hand_out)

    async def _in_thread(
        self,
        context: procrastinate.JobContext,
        lane: WorkerPool,
        work: Callable[..., Any],
        *given: Any,
    ) -> Any:
        job_id = context.job.id or 0
        self._doing.add(job_id)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pools[lane], work, *given)
        finally:
            self._doing.discard(job_id)

    async def _take_over(self, app: procrastinate.App, lanes: list[LaneWorker]) -> None:
        """Give back the jobs of the dead, and those that were fetched and nobody heard of."""
        unheard: set[int] = set()
        while True:
            await asyncio.sleep(TAKE_OVER_EVERY_S)
            try:
                await self._give_back_stalled(app)
                fetched = await self._fetched_and_not_done(app, lanes)
            except Exception:
                LOGGER.exception("jobs of dead workers could not be taken over; it is tried again")
                continue
            for job_id in unheard & fetched.keys():
                await self._give_back(app, fetched[job_id])
            unheard = set(fetched) - unheard

    async def _give_back_stalled(self, app: procrastinate.App) -> None:
        silent_at = self._connector.silent_at
        # After a silence of the database everybody has time to tell that he lives.
        if silent_at is not None and time.monotonic() - silent_at < STALLED_S:
            return
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
            LOGGER.warning("the step of run %s is taken over", job.queueing_lock)
            await self._give_back(app, job)

    async def _fetched_and_not_done(
        self, app: procrastinate.App, lanes: list[LaneWorker]
    ) -> dict[int, Job]:
        """Jobs that are ours by the database, and that nobody here does."""
        found: dict[int, Job] = {}
        for lane in lanes:
            if lane.worker_id is not None:
                mine = await app.job_manager.list_jobs_async(
                    status=Status.DOING.value, worker_id=lane.worker_id
                )
                found |= {job.id: job for job in mine if job.id and job.id not in self._doing}
        return found

    @staticmethod
    async def _give_back(app: procrastinate.App, job: Job) -> None:
        try:
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
        except UniqueViolation:
            # There is another job for the same run, which waits.
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        except ConnectorException as error:
            LOGGER.info("a job was given back, or ended, by another worker: %s", error.__cause__)


async def _running(lane: LaneWorker) -> None:
    await lane.run()  # type: ignore[no-untyped-call]


async def _first_of(*awaited: Any) -> None:
    """Wait for the first of some to end; the others that are ours alone are cancelled."""
    tasks = [asyncio.ensure_future(it) for it in awaited]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
