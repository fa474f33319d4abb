"""What every step that speaks to the provider works with, and how it counts its troubles."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from components.errors import ProviderError
from components.provider.client import ProviderClient
from components.runs.expectation import Expectations
from components.runs.gate import Gate
from components.runs.retry import Decision, Trouble, decide
from components.runs.run import Run


@dataclass(frozen=True)
class ProviderStep:
    """The base of the steps; keeps nothing itself."""

    provider: ProviderClient
    gate: Gate
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random

    def troubled(
        self,
        run: Run,
        trouble: Trouble,
        *,
        error: ProviderError | None = None,
        began_at: float | None = None,
    ) -> tuple[Run, Decision]:
        """The run with this trouble counted, and what to do; `began_at` is when it first came."""
        now = self.clock()
        run = run.troubled(trouble, now)
        if error and not run.provider_request_id:
            run = replace(run, provider_request_id=error.facts.request_id)
        decision = decide(
            trouble,
            run.attempts,
            chance=self.chance.random(),
            retry_after_s=error.facts.retry_after_s if error else None,
            elapsed_s=now - (began_at or run.trouble_since or now),
        )
        return run, decision


def named(error: ProviderError) -> dict[str, Any]:
    """The provider's own ids in an error, as the columns of a run that keep them."""
    ids = {"provider_request_id": error.facts.request_id, "inference_id": error.facts.inference_id}
    return {name: value for name, value in ids.items() if value}
