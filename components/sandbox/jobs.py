"""The life of a video generation: queued, generating, then completed or error.

Time is read when somebody asks, so nothing has to wake up: whoever looks at a generation, the
balance or the ledger first lets everything happen that is due.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from components.sandbox.ledger.account import Ledger
from components.sandbox.ledger.database import Database
from components.sandbox.ledger.metrics import Metrics

Status = Literal["queued", "generating", "completed", "error"]


@dataclass(frozen=True)
class Rendered:
    """Finished files and what they cost in credits."""

    paths: tuple[Path, ...]
    credits: int


@dataclass(frozen=True)
class Job:
    """One accepted video generation, as the columns of its table; times in s since the epoch.

    `outcome` is None until it has ended. From `ready_at_s` on there is a file, or an error.
    """

    id: str
    model: str
    accepted_at_s: float
    outcome: Literal["completed", "error"] | None = None
    ready_at_s: float | None = None
    file_name: str | None = None
    credits: int = 0
    error_name: str | None = None
    error_message: str | None = None


class Jobs:
    """All generations of one sandbox; safe to use from several threads."""

    def __init__(
        self,
        ledger: Ledger,
        metrics: Metrics,
        database: Database,
        pace_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._metrics = metrics
        self._database = database
        self._pace_s = pace_s
        self._clock = clock

    def add(self, job_id: str, model: str) -> None:
        """Start the life of a generation."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO generations (id, model, accepted_at_s) VALUES (?, ?, ?)",
                (job_id, model, self._clock()),
            )

    def rendered(self, job_id: str, result: Rendered) -> None:
        """Note that the file of a generation is finished; it is reported when it is due."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE generations SET ready_at_s = ?, file_name = ?, credits = ? WHERE id = ?",
                (self._clock(), result.paths[0].name, result.credits, job_id),
            )

    def refused(self, job_id: str, name: str, message: str) -> None:
        """Note that a generation cannot be made, and why; it is reported when it is due."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE generations SET ready_at_s = ?, error_name = ?, error_message = ?"
                " WHERE id = ?",
                (self._clock(), name, message, job_id),
            )

    def find(self, job_id: str) -> Job | None:
        """Return the generation as it is now."""
        self.settle()
        return self._read(job_id)

    def status(self, job: Job) -> Status:
        """Return the state of a generation as it is reported."""
        if job.outcome is not None:
            return job.outcome
        return "queued" if self._clock() - job.accepted_at_s < self._pace_s / 4 else "generating"

    def fail(self, job: Job, message: str | None) -> Job:
        """End a generation that is still going as failed, at no cost; returns it as it is now."""
        with self._database.transaction():
            if any(job.id == other.id for other in self._going()):
                name = None if message is None else "GENERATION_FAILED"
                self._end_badly(job, name, message)
            return self._read(job.id) or job

    def settle(self) -> None:
        """Let every generation reach the state that is due, and book what was completed."""
        with self._database.transaction():
            for job in self._going():
                if job.ready_at_s is not None:
                    self._advance(job, job.ready_at_s)

    def unrendered(self) -> list[Job]:
        """Return the generations that have neither a file nor an error yet."""
        return [job for job in self._going() if job.ready_at_s is None]

    def _read(self, job_id: str) -> Job | None:
        with self._database.transaction() as connection:
            row = connection.execute("SELECT * FROM generations WHERE id = ?", (job_id,)).fetchone()
        return Job(*row) if row else None

    def _going(self) -> list[Job]:
        with self._database.transaction() as connection:
            found = connection.execute(
                "SELECT * FROM generations WHERE outcome IS NULL ORDER BY accepted_at_s"
            )
            return [Job(*row) for row in found]

    def _advance(self, job: Job, ready_at_s: float) -> None:
        elapsed_s = self._clock() - job.accepted_at_s
        if job.error_name is not None:
            if elapsed_s >= self._pace_s / 2:
                self._end_badly(job, job.error_name, job.error_message)
        elif elapsed_s >= self._pace_s:
            served_s = max(self._pace_s, ready_at_s - job.accepted_at_s)
            with self._database.transaction() as connection:
                connection.execute(
                    "UPDATE generations SET outcome = 'completed' WHERE id = ?", (job.id,)
                )
                self._ledger.charge(job.id, job.model, job.credits)
                self._metrics.record(job.model, served_s * 1000)

    def _end_badly(self, job: Job, name: str | None, message: str | None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE generations SET outcome = 'error', error_name = ?, error_message = ?"
                " WHERE id = ?",
                (name, message, job.id),
            )
            self._ledger.release(job.id)
