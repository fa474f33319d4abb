"""What every step that calls the provider works with, and how it counts failures for retries."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from components.catalog import Catalog
from components.errors import ProviderError, ProviderPaused
from components.media.store.media_store import MediaStore
from components.provider.client import ProviderClient
from components.runs.retry import FailureKind, Next, decide
from components.runs.run import Run
from components.runs.steps.result_collector import Collector
from components.runs.timing.expectation import Expectation, Expectations
from components.runs.timing.provider_throttle import ProviderThrottle

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepContext:
    """What steps are taken with; keeps nothing itself."""

    catalog: Catalog
    provider: ProviderClient
    media: MediaStore
    collector: Collector
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random = field(default_factory=random.Random)
    throttle: ProviderThrottle = field(default_factory=ProviderThrottle)


@dataclass(frozen=True)
class ProviderStep:
    """The base of the steps; keeps nothing itself."""

    context: StepContext

    def expect(self, run: Run) -> Expectation:
        """What to expect of it; never raises, since a first guess will do."""
        try:
            return self.context.expectations.expect(run.model, run.request)
        except Exception:
            LOGGER.exception("nothing is known of how long run %s takes; it is guessed", run.id)
            return self.context.expectations.first_guess(run.model)

    def troubled(
        self, run: Run, trouble: FailureKind, *, error: ProviderError | None = None
    ) -> tuple[Run, float | None]:
        """The run with this trouble counted, and when to go on; None: it is to be given up."""
        run = run.troubled(trouble, self.context.clock())
        if error and not run.provider_request_id:
            run = replace(run, provider_request_id=error.facts.request_id)
        decision = decide(
            trouble,
            run.attempts,
            chance=self.context.chance.random(),
            retry_after_s=error.facts.retry_after_s if error else None,
            is_over=run.is_over(trouble),
        )
        if decision.next is Next.GIVE_UP:
            return run, None
        return run, self.context.clock() + decision.pause_s

    def held(self, run: Run, trouble: FailureKind, pause: ProviderPaused, note: str) -> Run:
        """The run that waits with all others: what they ran into counts as if it had itself."""
        return run.counted(trouble, self.context.clock()).waiting(pause.until, note)


def named(error: ProviderError) -> dict[str, Any]:
    """The provider's own ids in an error, as the columns of a run that keep them."""
    ids = {"provider_request_id": error.facts.request_id, "inference_id": error.facts.inference_id}
    return {name: value for name, value in ids.items() if value}
