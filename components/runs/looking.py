"""Looking at a generation: one question after the other until the provider is done."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from components.errors import GenerationFailed, ProviderError
from components.provider.client import ProviderClient
from components.provider.wire import Phase
from components.runs import polling
from components.runs.expectation import Expectation, Expectations
from components.runs.run import Output, Run, Status

SAID_MAX_CHARS = 300


@dataclass(frozen=True)
class Looking:
    """Takes a generating run forward by one look."""

    provider: ProviderClient
    expectations: Expectations
    clock: Callable[[], float]
    chance: random.Random

    def advance(self, run: Run) -> Run:
        """Ask once: finished, failed, or still going and to be asked again."""
        self.expectations.refresh()
        now = self.clock()
        elapsed_s = now - (run.submitted_at or run.created_at)
        expected = self.expectations.expect(run.model, run.request)
        try:
            answer, receipt = self.provider.video_status(run.generation_id or "")
        except ProviderError as error:
            pause_s = polling.retry_s(run.attempts, error.facts.retry_after_s, self.chance)
            note = f"{error.message} The generation goes on at the provider; it is asked again."
            return run.waiting(now + pause_s, note, attempts=run.attempts + 1)
        if answer.phase is Phase.COMPLETED and answer.video:
            return run.moved(
                Status.SAVING,
                now,
                "The provider finished the video.",
                rendered_s=expected.plan.rendered_s(run.rendered_s, elapsed_s),
                outputs=(Output(kind="video", remote_url=answer.video.url),),
                response=answer.as_received(),
                # A look costs nothing, so a zero in its headers says nothing about the video.
                charged_usd=answer.charged_usd(receipt) or None,
            )
        if answer.phase is Phase.ERROR:
            said = " ".join(answer.error.message.split())[:SAID_MAX_CHARS] if answer.error else ""
            why = f"The provider could not make this video{': ' + said if said else ''}"
            return run.failed(
                self.clock(),
                str(GenerationFailed(f"{why.rstrip('.')}.")),
                charged_usd=0.0,
                response=answer.as_received(),
            )
        pause_s = expected.plan.pause_s(elapsed_s, self.chance.uniform(*polling.STRETCH))
        note = _how_late(elapsed_s, expected)
        return run.waiting(now + pause_s, note, attempts=0, rendered_s=elapsed_s)


def _how_late(elapsed_s: float, expected: Expectation) -> str:
    if elapsed_s > expected.plan.overdue_s:
        return "Still rendering at the provider, much longer than usual."
    return "This takes longer than usual." if elapsed_s > expected.unusual_s else ""
