"""Runs for the tests, a clock that is set by hand, and a provider that makes one clip."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from errno import ENOSPC
from pathlib import Path
from typing import Any

from components.database.schema import RUN_TEXTS, RUNS
from components.media.download.fetch import download
from components.media.download.partial_folders import PartialFolders
from components.media.store.media_store import FolderStore
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient, Timeouts
from components.runs.retry import RULES, FailureKind
from components.runs.run import Run, Status, Tally
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.leases import Claim, WorkerPool
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.runs.timing.provider_throttle import ProviderThrottle
from tests.samples.models import CATALOG
from tests.servers.provider_server import KEY, Handler, Reply, ScriptedProvider, problem, reply

NOW = 1_800_000_000.0
LEASE_S = 900.0
EVERY_LANE = dict.fromkeys(WorkerPool, 8)
IMAGE_O1 = "klingai/image-o1"
FRAMES = "klingai/video-o1-image-to-video"
PICTURE = "https://example.com/a.png"
REQUESTS = {
    IMAGE_O1: {"prompt": "A boat", "image_urls": [PICTURE]},
    FRAMES: {"prompt": "A boat", "image_url": PICTURE},
}


class FullPause(random.Random):
    """Chance that always draws the longest pause."""

    def random(self) -> float:
        return 1.0


class FullStore(FolderStore):
    """A media store on a disk without room."""

    def keep(self, source: Path, suffix: str, digest: str = "") -> str:
        raise OSError(ENOSPC, f"No space left for {source.name}{suffix}{digest}")


@dataclass
class Clock:
    """Tells the time it was set to, in seconds since the epoch."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


def sample_run(run_id: str = "run-1", **changes: Any) -> Run:
    """Return a video run that was just accepted here, but for `changes`."""
    model = changes.pop("model", FRAMES)
    given = {"request": REQUESTS.get(model), "created_at": NOW, "next_step_at": NOW, **changes}
    return Run(id=run_id, model=model, **given)


def nearly_over(run: Run, trouble: FailureKind, at: float, *, left_s: float = 1.0) -> Run:
    """Return the run with one trouble until `at`, one try and `left_s` before that is over."""
    rule = RULES[trouble]
    tally = Tally(trouble, rule.tries - 1, rule.within_s - left_s)
    return replace(run, trouble=trouble, trouble_since=at, tallies=(tally,), tried_at=at)


def database_url(folder: Path) -> str:
    """Return the address of a real SQLite file in `folder`."""
    return f"sqlite:///{folder / 'runs.sqlite3'}"


def run_store(place: Path | str) -> RunStore:
    """Return the store at an address, or on a real SQLite file in a folder."""
    url = place if isinstance(place, str) else database_url(place)
    return RunStore(url, slow_models=frozenset({IMAGE_O1}))


def rename(store: RunStore, run_id: str, new_id: str) -> None:
    """Give a run an id that was used before, as earlier versions let in."""
    with store.database.begin() as connection:
        connection.execute(RUNS.update().where(RUNS.c.id == run_id).values(id=new_id))
        text = RUN_TEXTS.update().where(RUN_TEXTS.c.run_id == run_id)
        connection.execute(text.values(run_id=new_id))


def step_runner(
    provider: ScriptedProvider, store: RunStore, folder: Path, clock: Callable[[], float]
) -> StepRunner:
    """Return what takes runs forward, against `provider` and a media store in `folder`."""
    media = FolderStore(folder / "media")

    def fetch(url: str, target: Path) -> object:
        return download(url, target, max_size_bytes=10**7, allowed_hosts=frozenset({provider.host}))

    client = ProviderClient(HttpClient(provider.url, KEY), Timeouts(submit_s=2, images_s=2))
    collector = Collector(media, fetch, PartialFolders(folder / "media" / "parts"))
    expectations = Expectations(CATALOG, store, lambda _: {}, clock=clock)
    chance = random.Random(1)
    throttle = ProviderThrottle(clock=clock, chance=chance)
    return StepRunner(
        StepContext(CATALOG, client, media, collector, expectations, clock, chance, throttle)
    )


def with_context(steps: StepRunner, **changes: Any) -> StepRunner:
    """The same steps with something else to take them with."""
    return StepRunner(replace(steps.context, **changes))


def claimed(store: RunStore, now: float) -> list[Claim]:
    """Claim whatever is due; queued runs are about to be sent."""
    return [
        store.begin_sending(claim, now) if claim.run.status is Status.QUEUED else claim
        for claim in store.tick([], now, LEASE_S, EVERY_LANE)
    ]


def drive(store: RunStore, steps: StepRunner, clock: Clock) -> None:
    """Take every run to its end, the clock jumping to what is due next, a minute at least."""
    while (due := store.next_due()) is not None:
        clock.now = max(clock.now + 60, due)
        results = [(claim, steps.advance(claim.run)) for claim in claimed(store, clock.now)]
        store.tick(results, clock.now, LEASE_S, {})


def answers_all(provider: ScriptedProvider, file: bytes) -> Reply:
    """Return a reply for every request: accepts, reports, keeps a log, and serves `file`."""

    def row(run_id: str) -> dict[str, Any]:
        return log_row(run_id, inference_id="g-1")

    def answer(handler: Handler) -> None:
        arrived = provider.received[-1]
        posts = [item for item in provider.received if item.method == "POST"]
        match (arrived.method, arrived.path):
            case ("POST", _):
                chosen = reply({"id": "g-1", "status": "queued"}, x_inference_id="g-1")
            case ("GET", "/v2/video/generations"):
                chosen = completed(f"{provider.url}/clip")
            case ("GET", "/v2/logs"):
                ids = [item.headers["x-client-request-id"] for item in posts]
                chosen = reply({"data": [row(run_id) for run_id in ids]})
            case ("GET", "/clip"):
                chosen = reply(raw=file)
            case _:
                chosen = problem(404)
        chosen(handler)

    return answer


def completed(url: str) -> Reply:
    """Return the report of a finished video that cost $0.56."""
    usage = {"usage": {"credits_used": 1_120_000}}
    return reply({"id": "g-1", "status": "completed", "video": {"url": url}, "meta": usage})


def log_row(run_id: str, *, inference_id: str, status: str = "succeeded") -> dict[str, Any]:
    """Return a row of the provider's log about a request that cost $0.25 unless it failed."""
    return {
        "created": "2026-07-02T03:04:05.000Z",
        "status": status,
        "model": FRAMES,
        "cost": {"usd": 0.25 if status == "succeeded" else 0, "credits": 500000},
        "inference_id": inference_id,
        "client_request_id": run_id,
    }
