"""What the routes share, and where requests are rendered."""

import logging
import shutil
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace

from components.sandbox.faults.fault import Faults
from components.sandbox.file_store import FileStore
from components.sandbox.jobs import Jobs, Rendered
from components.sandbox.ledger.account import Ledger
from components.sandbox.ledger.database import Database
from components.sandbox.ledger.metrics import Metrics
from components.sandbox.options import SandboxOptions
from components.sandbox.rendering.reference_files import MediaRefused
from components.sandbox.rendering.render_cache import RenderCache, key_of
from components.sandbox.rendering.render_job import RenderJob

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class AppState:
    """The database and what is kept in it, the faults, the renderers and the folder."""

    options: SandboxOptions
    pace_s: float
    faults: Faults
    database: Database
    ledger: Ledger
    metrics: Metrics
    jobs: Jobs
    renderers: Executor
    file_store: FileStore
    repeats: RenderCache = field(default_factory=RenderCache)

    def pictures(self, work: RenderJob) -> Rendered:
        """Render an image request in this thread. Raises `MediaRefused`."""
        try:
            return self._render(work)
        finally:
            shutil.rmtree(work.folder, ignore_errors=True)

    def start_video(self, job_id: str, work: RenderJob) -> None:
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
            # Only now: until the database know how it went, it may have to be done again.
            shutil.rmtree(work.folder, ignore_errors=True)

        self.renderers.submit(self._render, work).add_done_callback(note)

    def _render(self, work: RenderJob) -> Rendered:
        media = work.gather()
        key = key_of(work, media)
        made = self.repeats.recall(key, work) or work.render(media, self.options)
        rendered = replace(
            made,
            paths=tuple(map(self.file_store.keep, made.paths)),
            # The prices may have changed since it was made the first time.
            credits=work.credits(media, self.options.price_rule),
        )
        self.repeats.remember(key, rendered)
        return rendered
