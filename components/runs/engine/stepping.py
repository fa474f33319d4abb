"""One step of a run that was handed out, whatever happens in it: a lost claim is a lost worker."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from components.runs.engine.faults import after_a_fault
from components.runs.run import Run, Status
from components.runs.store.leases import Claim

LOOKS_PER_S = 400.0
"""However many runs are in flight, they are looked at no more often than this, all together: one
core does twice as many, and a provider that is asked more often would ask for a pause."""
LOGGER = logging.getLogger(__name__)


@dataclass
class Stepping:
    """Takes steps; `least_gap_s` is how far apart two looks at a run are at least, in seconds."""

    advance: Callable[[Run], Run]
    begin_sending: Callable[[Claim, float], Claim]
    clock: Callable[[], float]
    chance: random.Random = field(default_factory=random.Random)
    least_gap_s: float = 0.0

    def take(self, claim: Claim) -> tuple[Claim, Run]:
        """The claim as it is in the end, and the run after its step; never raises.

        A queued run that must not be sent comes back as it was.
        """
        run = claim.run
        try:
            if run.status is Status.QUEUED:
                claim = self.begin_sending(claim, self.clock())
            run = claim.run
            # Still queued, it was withdrawn meanwhile.
            if run.status is not Status.QUEUED:
                run = self._apart(run, self.advance(run))
        except Exception:
            run_id = claim.run.id
            LOGGER.exception("a step of run %s failed", run_id, extra={"run_id": run_id})
            run = after_a_fault(claim.run, self.clock(), self.chance.random())
        return claim, run

    def keep_apart(self, in_flight: int) -> None:
        """Space the looks by how many runs are in flight."""
        self.least_gap_s = in_flight / LOOKS_PER_S

    def _apart(self, before: Run, run: Run) -> Run:
        """The run, its looks as far apart as the number of runs in flight asks for."""
        if not run.status is before.status is Status.GENERATING:
            return run
        earliest = self.clock() + self.least_gap_s
        return replace(run, next_step_at=max(run.next_step_at, earliest))
