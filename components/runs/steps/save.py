"""Saves a result: every file is copied here and verified, however often it takes."""

import logging
from dataclasses import dataclass, replace

from components.errors import DiskFull, DownloadUnfinished, ProviderError, StorageError
from components.runs.retry import LEAST_PAUSE_S, FailureKind
from components.runs.run import Run, Status
from components.runs.steps.context import ProviderStep
from components.runs.wording import at_most, moment, span

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class SaveStep(ProviderStep):
    """Takes a saving run forward: copies what is missing, with a fresh link after a failure."""

    def advance(self, run: Run) -> Run:
        """Copy every file that is not here yet; one that fails does not keep the others away."""
        outputs, failure = list(run.outputs), None
        for index, output in enumerate(outputs):
            if output.name:
                continue
            try:
                outputs[index] = self.context.collector.collect(output, run.id, index)
            except StorageError as error:
                failure = _worse(failure, error)
        run = replace(run, outputs=tuple(outputs))
        if isinstance(failure, DownloadUnfinished):
            # No trouble: it came on, and others have their turn before it goes on.
            return run.waiting(self.context.clock() + LEAST_PAUSE_S, str(failure))
        if failure:
            return self._later(run, failure)
        return run.moved(
            Status.DONE,
            self.context.clock(),
            "Every file is saved here.",
        )

    def _later(self, run: Run, error: StorageError) -> Run:
        is_full = isinstance(error, DiskFull)
        run, until = self.troubled(
            run, FailureKind.DISK_FULL if is_full else FailureKind.COPY_FAILED
        )
        if until is None:
            return run.failed(
                self.context.clock(),
                f"{error.message} The result was made and is paid for, but for "
                f"{span(run.troubled_s)} it could not be copied here. Open it at "
                "the provider while its link holds, or look again.",
                unresolved=True,
            )
        renewed = run if is_full else self._renewed(run)
        trouble = FailureKind(run.trouble)
        return renewed.waiting(until, f"{error} Next try at {moment(until)}, {at_most(trouble)}.")

    def _renewed(self, run: Run) -> Run:
        """Ask for a fresh link to the result; the old one may have expired."""
        if not run.generation_id or run.outputs[0].name:
            return run
        try:
            with self.context.throttle.asking():
                answer, _ = self.context.provider.video_status(run.generation_id)
        except ProviderError as error:
            LOGGER.info("no fresh link for run %s: %s", run.id, error.message)
            return run
        if not (answer.video and answer.video.url):
            return run
        return replace(run, outputs=(replace(run.outputs[0], remote_url=answer.video.url),))


def _worse(first: StorageError | None, second: StorageError) -> StorageError:
    """Of two files that are not here yet, what the one says that did not come on."""
    return second if first is None or isinstance(first, DownloadUnfinished) else first
