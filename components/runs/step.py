"""advance(run): exactly one step of a run's life, safe to repeat."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from components.media.store import MediaStore
from components.provider.client import ProviderClient
from components.runs.collect import Collector
from components.runs.expectation import Expectations
from components.runs.looking import Looking
from components.runs.run import Run, Status
from components.runs.saving import Saving
from components.runs.search import Search
from components.runs.sending import Sending


@dataclass(frozen=True)
class Stepper:
    """Takes runs forward by one step with what it is given; keeps nothing itself."""

    provider: ProviderClient
    media: MediaStore
    collector: Collector
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random = field(default_factory=random.Random)

    def advance(self, run: Run) -> Run:
        """Return the run after its next step; every failure ends in its status and words."""
        match run.status:
            case Status.SUBMITTING:
                step = Sending(
                    self.provider,
                    self.media,
                    self.collector,
                    self.expectations,
                    self.clock,
                    self.chance,
                ).advance
            case Status.UNCERTAIN:
                step = Search(self.provider, self.expectations, self.clock, self.chance).advance
            case Status.GENERATING:
                step = Looking(self.provider, self.expectations, self.clock, self.chance).advance
            case Status.SAVING:
                step = Saving(self.provider, self.collector, self.clock, self.chance).advance
            case status:
                raise ValueError(f"a run that is {status} has no next step")
        run = step(run)
        if run.status is Status.DONE:
            self.expectations.learn(run)
        return run
