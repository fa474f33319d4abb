"""The life of a video generation: queued, generating, then completed or error.

Time is read when somebody asks, so nothing has to wake up: whoever looks at a generation, the
balance or the ledger first lets everything happen that is due.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from components.sandbox.contract import Order
from components.sandbox.ledger import Ledger
from components.sandbox.material import MediaRefused
from components.sandbox.metrics import Metrics

Status = Literal["queued", "generating", "completed", "error"]


@dataclass(frozen=True)
class Rendered:
    """Finished files and what they cost in credits."""

    paths: tuple[Path, ...]
    credits: int


@dataclass
class Job:
    """One accepted video generation."""

    id: str
    order: Order
    accepted_at_s: float
    work: Future[Rendered]
    status: Status = "queued"
    error: dict[str, str] | None = None
    ready_at_s: float | None = field(default=None, repr=False)


class Jobs:
    """All generations of one sandbox; safe to use from several threads."""

    def __init__(
        self,
        ledger: Ledger,
        metrics: Metrics,
        pace_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._metrics = metrics
        self._pace_s = pace_s
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def add(self, job_id: str, order: Order, work: Future[Rendered]) -> None:
        """Start the life of a generation whose rendering was handed out as `work`."""
        job = Job(job_id, order, self._clock(), work)
        with self._lock:
            self._jobs[job_id] = job

        def note_time(_: Future[Rendered]) -> None:
            job.ready_at_s = self._clock()

        work.add_done_callback(note_time)

    def find(self, job_id: str) -> Job | None:
        """Return the generation as it is now."""
        self.settle()
        return self._jobs.get(job_id)

    def fail(self, job: Job, message: str | None) -> None:
        """End a generation that is still going as failed; it costs nothing."""
        with self._lock:
            if job.status in ("queued", "generating"):
                self._end_badly(job, "GENERATION_FAILED", message)

    def settle(self) -> None:
        """Let every generation reach the state that is due, and book what was completed."""
        with self._lock:
            for job in self._jobs.values():
                if job.status in ("queued", "generating"):
                    self._advance(job)

    def _advance(self, job: Job) -> None:
        elapsed_s = self._clock() - job.accepted_at_s
        job.status = "queued" if elapsed_s < self._pace_s / 4 else "generating"
        if job.ready_at_s is None or elapsed_s < self._pace_s / 2:
            return
        failure = job.work.exception()
        if isinstance(failure, MediaRefused):
            self._end_badly(job, failure.name, str(failure))
        elif failure is not None:
            self._end_badly(job, "INTERNAL_ERROR", "Something went wrong while rendering.")
        elif elapsed_s >= self._pace_s:
            job.status = "completed"
            served_s = max(self._pace_s, job.ready_at_s - job.accepted_at_s)
            self._ledger.charge(job.id, job.order.model, job.work.result().credits)
            self._metrics.record(job.order.model, served_s * 1000)

    def _end_badly(self, job: Job, name: str, message: str | None) -> None:
        job.status = "error"
        job.error = {"name": name, "message": message} if message is not None else None
        self._ledger.release(job.id)
