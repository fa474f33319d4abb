"""advance(run): exactly one step of a run's life, safe to repeat."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from components.media.store.media_store import MediaStore
from components.provider.client import ProviderClient
from components.runs.run import Run, Status
from components.runs.steps.collector import Collector
from components.runs.steps.poll import PollStep
from components.runs.steps.reconcile import ReconcileStep
from components.runs.steps.save import SaveStep
from components.runs.steps.submit import SubmitStep
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import ProviderThrottle

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepRunner:
    """Takes runs forward by one step with what it is given; keeps nothing itself."""

    provider: ProviderClient
    media: MediaStore
    collector: Collector
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random = field(default_factory=random.Random)
    throttle: ProviderThrottle = field(default_factory=ProviderThrottle)

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
        means = (self.provider, self.throttle, self.expectations, self.clock, self.chance)
        match run.status:
            case Status.SUBMITTING:
                return SubmitStep(*means, self.media, self.collector).advance(run)
            case Status.UNCERTAIN:
                return ReconcileStep(*means).advance(run)
            case Status.GENERATING:
                return PollStep(*means).advance(run)
            case Status.SAVING:
                return SaveStep(*means, self.collector).advance(run)
            case status:
                raise ValueError(f"a run that is {status} has no next step")
