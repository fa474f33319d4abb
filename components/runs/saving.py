"""Saving a result: every file is copied here and verified, however often it takes."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from components.errors import ProviderError, StorageError
from components.provider.client import ProviderClient
from components.runs import polling
from components.runs.collect import Collector
from components.runs.run import Run, Status

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Saving:
    """Takes a saving run forward: copies what is missing, with a fresh link after a failure."""

    provider: ProviderClient
    collector: Collector
    clock: Callable[[], float]
    chance: random.Random

    def advance(self, run: Run) -> Run:
        """Copy every file that is not here yet."""
        outputs = list(run.outputs)
        for index, output in enumerate(outputs):
            if output.name:
                continue
            try:
                outputs[index] = self.collector.collect(output)
            except StorageError as error:
                return self._save_later(replace(run, outputs=tuple(outputs)), error)
        return run.moved(
            Status.DONE,
            self.clock(),
            "Every file is saved here.",
            outputs=tuple(outputs),
        )

    def _save_later(self, run: Run, error: StorageError) -> Run:
        pause_s = polling.retry_s(run.attempts, None, self.chance)
        renewed = self._renewed(run)
        return renewed.waiting(self.clock() + pause_s, str(error), attempts=run.attempts + 1)

    def _renewed(self, run: Run) -> Run:
        """Ask for a fresh link to the result; the old one may have expired."""
        if not run.generation_id:
            return run
        try:
            answer, _ = self.provider.video_status(run.generation_id)
        except ProviderError as error:
            LOGGER.info("no fresh link for run %s: %s", run.id, error.message)
            return run
        if not answer.video:
            return run
        return replace(run, outputs=(replace(run.outputs[0], remote_url=answer.video.url),))
