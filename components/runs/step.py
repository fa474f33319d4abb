"""advance(run): exactly one step of a run's life, safe to repeat."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from components.media.store.media_store import MediaStore
from components.provider.client import ProviderClient
from components.runs.collect import Collector
from components.runs.expectation import Expectations
from components.runs.gate import Gate
from components.runs.looking import Looking
from components.runs.run import Run, Status
from components.runs.saving import Saving
from components.runs.search import Search
from components.runs.sending import Sending

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stepper:
    """Takes runs forward by one step with what it is given; keeps nothing itself."""

    provider: ProviderClient
    media: MediaStore
    collector: Collector
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random = field(default_factory=random.Random)
    gate: Gate = field(default_factory=Gate)

    def advance(self, run: Run) -> Run:
        """Return the run after its next step; every failure ends in its status and words."""
        run = self._step(run)
        if run.status is Status.DONE:
            self._learn(run)
        return run

    def _learn(self, run: Run) -> None:
        try:
            self.expectations.learn(run)
        except Exception:
            LOGGER.exception("nothing was learned from run %s, which is done all the same", run.id)

    def _step(self, run: Run) -> Run:
        means = (self.provider, self.gate, self.expectations, self.clock, self.chance)
        match run.status:
            case Status.SUBMITTING:
                return Sending(*means, self.media, self.collector).advance(run)
            case Status.UNCERTAIN:
                return Search(*means).advance(run)
            case Status.GENERATING:
                return Looking(*means).advance(run)
            case Status.SAVING:
                return Saving(*means, self.collector).advance(run)
            case status:
                raise ValueError(f"a run that is {status} has no next step")
