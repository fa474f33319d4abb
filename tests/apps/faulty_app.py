"""One run at a time, led through a faulty provider to its end, without waiting for its pauses."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from components.media.download.fetch import download
from components.media.download.partial_folders import PartialFolders
from components.media.store.media_store import FolderStore, ref
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient, Timeouts
from components.runs.run import Run, Status
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import ProviderThrottle
from components.sandbox import Fault, Sandbox
from tests.samples.media_files import drawing, video
from tests.samples.models import CATALOG
from tests.samples.run_samples import Clock, run_store
from tests.servers.sandbox_requests import (
    EDIT,
    FRAMES,
    IMAGE_O1,
    KEY,
    REFERENCE,
    RESTAGE,
    Caller,
    calling,
    small_sandbox,
)

VIDEO_MODELS = (REFERENCE, FRAMES, EDIT, RESTAGE)
ALL_MODELS = (IMAGE_O1, *VIDEO_MODELS)
MOST_STEPS = 120
"""More mean that a run hangs."""
HANGS_S = 30.0


@dataclass(frozen=True)
class Ending:
    """How a run ends: its status, what its sentence says, and how often it was sent."""

    status: Status
    said: tuple[str, ...] = ()
    posts: int = 1


DONE = Ending(Status.DONE)
DONE_AT_SECOND_TRY = Ending(Status.DONE, posts=2)
LOST_AND_CHARGED = Ending(Status.FAILED, ("has no call to ask for it again. Charged $",))
LOST_AND_FREE = Ending(Status.FAILED, ("Not charged as far as its log and its ledger tell.",))


@dataclass
class FaultyApp:
    """A playground's steps in front of one sandbox."""

    sandbox: Sandbox
    caller: Caller
    folder: Path
    requests: dict[str, dict[str, Any]]
    expectations: Expectations
    clock: Clock = field(default_factory=Clock)

    def lead(self, model: str, *faults: Fault, **how: Any) -> Run:
        """Make a run of `model` and take its steps under these faults; see `go_on`."""
        self.sandbox.faults.add(*faults)
        try:
            return self.go_on(self.new_run(model), **how)
        finally:
            self.sandbox.faults.clear()

    def new_run(self, model: str) -> Run:
        """Return a run that was just accepted here."""
        self.clock.now = now = time.time()
        asked = self.requests[model]
        return Run(id=str(uuid4()), model=model, request=asked, created_at=now, next_step_at=now)

    def step(self, run: Run, steps: StepRunner | None = None, stride_s: float = 1.0) -> Run:
        """Take a run's next step, when it is due and `stride_s` later at least."""
        self.clock.now = max(self.clock.now + stride_s, run.next_step_at)
        if run.status is Status.QUEUED:
            run = run.begun(self.clock.now)
        return (steps or self.steps()).advance(run)

    def go_on(
        self,
        run: Run,
        *,
        timeout_s: float = 20.0,
        settle_s: float = 0.0,
        stride_s: float = 300.0,
    ) -> Run:
        """Take a run's steps until its end, the clock jumping to each, by `stride_s` at least.

        The sandbox's own clock does not jump: `settle_s` is how long it is left alone with a
        request whose answer was lost, and while it renders it is asked at its own pace.
        """
        steps = self.steps(timeout_s)
        began, taken = time.monotonic(), 0
        while not run.status.is_final:
            hangs = taken > MOST_STEPS or time.monotonic() - began > HANGS_S
            assert not hangs, f"still {run.status}: {run.note}"
            was, run = run.status, self.step(run, steps, stride_s)
            if run.status is Status.UNCERTAIN and was is not Status.UNCERTAIN:
                time.sleep(settle_s)
            is_rendering = run.status is Status.GENERATING and not run.trouble
            time.sleep(0.003 if is_rendering else 0)
            taken += not is_rendering
        return run

    def posts(self, run: Run) -> int:
        """How often a run was sent, counted at the server."""
        return sum(
            arrival.method == "POST" and arrival.headers["x-client-request-id"] == run.id
            for arrival in self.sandbox.received
        )

    def charged_usd(self, run: Run) -> list[float]:
        """What the server charged for a run."""
        rows = self.caller.get("/v2/logs", limit=100)["data"]
        mine = {row["inference_id"] for row in rows if row["client_request_id"] == run.id}
        moves = self.caller.get("/v2/billing/transactions", limit=100)["data"]
        return [move["amount"]["usd"] for move in moves if move["reference_id"] in mine]

    def check(self, run: Run, ending: Ending) -> None:
        """The right state with the right sentence, sent as often as it should, charged as told."""
        assert (run.status, self.posts(run)) == (ending.status, ending.posts), run.error or run.note
        assert [part for part in ending.said if part not in run.error] == [], run.error
        assert run.error == "" or run.error.endswith(".")
        assert KEY not in str(run)
        charged = self.charged_usd(run)
        if run.status is Status.DONE or "Charged $" in run.error:
            assert charged == [run.charged_usd]
        elif "ot charged" in run.error or "was charged" in run.error:
            assert (charged, run.charged_usd or 0) == ([], 0)

    def steps(self, timeout_s: float = 20.0, media: FolderStore | None = None) -> StepRunner:
        """Return what takes steps, with so much patience, and results going into `media`."""
        hosts = frozenset({self.sandbox.url.removeprefix("http://")})

        def fetch(url: str, target: Path) -> object:
            return download(url, target, max_size_bytes=10**8, allowed_hosts=hosts)

        times = Timeouts(timeout_s, timeout_s, timeout_s, timeout_s)
        http = HttpClient(self.sandbox.url, KEY)
        kept = FolderStore(self.folder / "media")
        return StepRunner(
            StepContext(
                CATALOG,
                ProviderClient(http, times),
                kept,
                Collector(media or kept, fetch, PartialFolders(self.folder / "parts")),
                self.expectations,
                self.clock,
                random.Random(1),
                ProviderThrottle(clock=self.clock, chance=random.Random(1)),
            )
        )


@contextmanager
def faulty_app(folder: Path, pace_s: float = 0.0) -> Iterator[FaultyApp]:
    """A house with requests for all five models; `pace_s` is how long a video takes at least."""
    media = FolderStore(folder / "media")
    drawing(320, 320).save(folder / "a.jpg")
    clip = video(folder / "a.mp4", size=(720, 720), seconds=3.0, sound=True)
    picture, film = ref(media.keep(folder / "a.jpg", ".jpg")), ref(media.keep(clip, ".mp4"))
    asked = {"prompt": "A boat"}
    requests: dict[str, dict[str, Any]] = {
        IMAGE_O1: {**asked, "image_urls": [picture]},
        REFERENCE: {**asked, "image_list": [picture]},
        FRAMES: {**asked, "image_url": picture},
        EDIT: {**asked, "video_url": film},
        RESTAGE: {**asked, "video_url": film},
    }
    expectations = Expectations(CATALOG, store := run_store(folder), lambda _: {})
    with small_sandbox(pace_s, balance_usd=10_000.0) as sandbox, calling(sandbox) as caller:
        yield FaultyApp(sandbox, caller, folder, requests, expectations)
    store.close()
