"""What the routes share, and where requests are rendered."""

import logging
import shutil
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace

from components.sandbox.books import Books
from components.sandbox.faults import Faults
from components.sandbox.jobs import Jobs, Rendered
from components.sandbox.ledger import Ledger
from components.sandbox.material import MediaRefused
from components.sandbox.metrics import Metrics
from components.sandbox.options import SandboxOptions
from components.sandbox.repeats import Repeats, key_of
from components.sandbox.shelf import Shelf
from components.sandbox.work import Work

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workshop:
    """The books and what is kept in them, the faults, the renderers and the folder."""

    options: SandboxOptions
    pace_s: float
    faults: Faults
    books: Books
    ledger: Ledger
    metrics: Metrics
    jobs: Jobs
    renderers: Executor
    shelf: Shelf
    repeats: Repeats = field(default_factory=Repeats)

    def pictures(self, work: Work) -> Rendered:
        """Render an image request in this thread. Raises `MediaRefused`."""
        try:
            return self._render(work)
        finally:
            shutil.rmtree(work.folder, ignore_errors=True)

    def start_video(self, job_id: str, work: Work) -> None:
        """Render a video in a renderer's thread and tell its generation how it went."""

        def note(rendering: Future[Rendered]) -> None:
            if rendering.cancelled():
                return
            failure = rendering.exception()
            if failure is None:
                self.jobs.rendered(job_id, rendering.result())
            elif isinstance(failure, MediaRefused):
                self.jobs.refused(job_id, failure.name, str(failure))
            else:
                _LOG.error("Rendering failed.", exc_info=failure)
                self.jobs.refused(job_id, "INTERNAL_ERROR", "Something went wrong while rendering.")
            # Only now: until the books know how it went, it may have to be done again.
            shutil.rmtree(work.folder, ignore_errors=True)

        self.renderers.submit(self._render, work).add_done_callback(note)

    def _render(self, work: Work) -> Rendered:
        material = work.gather()
        key = key_of(work, material)
        made = self.repeats.recall(key, work) or work.render(material, self.options)
        rendered = replace(
            made,
            paths=tuple(map(self.shelf.keep, made.paths)),
            # The prices may have changed since it was made the first time.
            credits=work.credits(material, self.options.prices),
        )
        self.repeats.remember(key, rendered)
        return rendered
