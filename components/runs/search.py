"""Looking for a request whose answer was lost: in the provider's log, never by sending it again."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from components.catalog import model_by_id
from components.errors import ProviderError
from components.provider.client import ProviderClient
from components.provider.wire import LogRow
from components.runs import polling
from components.runs.expectation import Expectations
from components.runs.run import Run, Status

SEARCH_S = 1800.0
"""How long a lost request is looked for: longer than the log's lag and the slowest generation."""
LOG_MARGIN = timedelta(minutes=5)
"""The provider's clock and ours may differ by this much."""


@dataclass(frozen=True)
class Search:
    """Takes an uncertain run forward by one look into the log."""

    provider: ProviderClient
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random

    def advance(self, run: Run) -> Run:
        """Look once: found, given up after `SEARCH_S`, or to be looked for again later."""
        now = self.clock()
        if run.generation_id:
            return run.moved(Status.GENERATING, now, "The provider's answer came late.")
        since_s = run.submitted_at or run.created_at
        try:
            row = self.provider.find_log(
                run.id,
                since=datetime.fromtimestamp(since_s, UTC) - LOG_MARGIN,
                until=datetime.fromtimestamp(now, UTC) + LOG_MARGIN,
            )
        except ProviderError as error:
            return self._later(run, now, f"The provider's log cannot be read: {error.message}")
        if row:
            return self._found(run, row)
        if now - since_s > SEARCH_S:
            return run.failed(
                self.clock(),
                "The answer to the request was lost, and the provider's log does not know it. "
                "Not charged as far as the log tells. You can send it again.",
            )
        return self._later(run, now, run.note)

    def _later(self, run: Run, now: float, note: str) -> Run:
        pause_s = polling.retry_s(run.attempts, None, self.chance)
        return run.waiting(now + pause_s, note, attempts=run.attempts + 1)

    def _found(self, run: Run, row: LogRow) -> Run:
        if row.status == "failed":
            return run.failed(
                self.clock(),
                "The provider's log says that the request failed. Nothing was charged. "
                "You can send it again.",
                inference_id=row.inference_id,
                charged_usd=0.0,
            )
        model = model_by_id(run.model)
        if model.output == "image":
            return run.failed(
                self.clock(),
                "The pictures were made, but the answer that carried their addresses was lost, and "
                f"the provider has no call to ask for it again. Charged ${row.cost.usd:.4f}.",
                inference_id=row.inference_id,
                charged_usd=row.cost.usd,
            )
        return run.moved(
            Status.GENERATING,
            self.clock(),
            "Found in the provider's log.",
            generation_id=row.inference_id,
            inference_id=row.inference_id,
            expected_s=self.expectations.expected_s(model, run.request),
        )
