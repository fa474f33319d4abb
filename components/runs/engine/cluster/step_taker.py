"""Takes the step that a job asks for: claims the run, advances it, keeps what it brought."""

import logging
import threading
import time
from collections.abc import Callable

from components.errors import DatabaseUnavailable
from components.runs.engine.cluster.run_claims import Next, RunClaims
from components.runs.engine.stepping import Stepping
from components.runs.run import Run
from components.runs.store.leases import Claim, WorkerPool

AGAIN_S = 0.5
COUNT_EVERY_S = 2.0
LOGGER = logging.getLogger(__name__)


class StepTaker:
    """Takes steps in the caller's thread, any number of them at once."""

    def __init__(
        self,
        claims: RunClaims,
        advance: Callable[[Run], Run],
        *,
        clock: Callable[[], float],
        count_in_flight: Callable[[], int] = lambda: 0,
    ) -> None:
        """`clock` is the database's; `count_in_flight` spaces the looks, all together."""
        self._claims = claims
        self._clock = clock
        self._count = count_in_flight
        self._count_at = 0.0
        self._stepping = Stepping(advance, claims.begin_sending, clock)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no step any more."""
        self._stopping.set()

    def take(self, run_id: str, lane: WorkerPool) -> Next | None:
        """Take a run's next step, where it is due and belongs to this lane; returns the one after.

        Raises:
            DatabaseUnavailable: the run could not be claimed; nothing was done.
        """
        if self._stopping.is_set():
            return Next(self._clock(), lane)
        claim = self._claims.claim(run_id, self._clock())
        if not isinstance(claim, Claim):
            return claim
        self._space_looks()
        claim, run = self._stepping.take(claim)
        self._kept(claim, run)
        return self._claims.next_step(run)

    def _kept(self, claim: Claim, run: Run) -> None:
        """Keep what a step brought, as soon as the database takes it: it may be paid for."""
        while True:
            try:
                return self._claims.write(claim, run)
            except DatabaseUnavailable as error:
                LOGGER.warning("%s What the step brought is kept until it can be.", error.message)
                time.sleep(AGAIN_S)

    def _space_looks(self) -> None:
        now = time.monotonic()
        if now >= self._count_at:
            self._count_at = now + COUNT_EVERY_S
            self._stepping.keep_apart(self._count())
