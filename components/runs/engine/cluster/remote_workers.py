"""The workers as a web replica knows them: told of new runs, and asked whether any lives."""

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from components.errors import DatabaseUnavailable
from components.runs.engine.cluster.job_queue import JobQueue
from components.runs.timing.provider_throttle import ProviderThrottle

ASKED_EVERY_S = 2.0


class RemoteWorkers:
    """Drives no run itself; safe from any thread."""

    def __init__(
        self,
        jobs: JobQueue,
        throttle: ProviderThrottle,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self.throttle = throttle
        self._monotonic = monotonic
        self._lock = Lock()
        self._asked_until = 0.0
        self._count = 0

    def wake(self) -> None:
        """Tell the workers of new runs."""
        self._jobs.wake()

    def count(self) -> int:
        """How many workers live, as it was `ASKED_EVERY_S` ago at most; never raises.

        While the database is silent, as it was before.
        """
        with self._lock:
            if self._monotonic() >= self._asked_until:
                self._asked_until = self._monotonic() + ASKED_EVERY_S
                with suppress(DatabaseUnavailable):
                    self._count = self._jobs.workers_alive()
            return self._count
