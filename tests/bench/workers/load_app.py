"""One process with many runs in flight, which measures itself.

`python -m tests.bench.workers.load_app PROVIDER_URL FOLDER RUNS SECONDS` prints its figures
as JSON.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import requests

from components.media.store.media_store import FolderStore
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.engine.scheduler import Engine
from components.runs.run import Event, Run, Status
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from tests.samples.models import CATALOG, MODELS

VIDEO_MODELS = [model for model in MODELS if model.output == "video"]
PROMPT = "A lighthouse at dusk, waves breaking on the rocks, a gull passes close to the lens. " * 4
ADDED_AT_ONCE = 500
SETTLE_S = 15.0
"""What fell due while thousands were being added is caught up with first."""
GETS, AT_ONCE = 2_000, 64


def measured(provider_url: str, folder: Path, count: int, seconds: float) -> dict[str, float]:
    """Let the engine look after `count` generating runs for so many seconds."""
    store = RunStore(f"sqlite:///{folder / 'runs.sqlite3'}")
    media = FolderStore(folder / "media")
    steps = StepRunner(
        StepContext(
            CATALOG,
            ProviderClient(HttpClient(provider_url, "key")),
            media,
            Collector(media, lambda *_: None),
            Expectations(CATALOG, store, lambda _: {}),
            time.time,
        )
    )
    late_s: list[float] = []

    def advance(run: Run) -> Run:
        late_s.append(time.time() - run.next_step_at)
        return steps.advance(run)

    engine = Engine(store, advance)
    engine.start()
    time.sleep(1.0)
    idle_bytes = memory_bytes()
    peak = Peak()
    runs = in_flight(count)
    while batch := [run for _, run in zip(range(ADDED_AT_ONCE), runs, strict=False)]:
        store.add(*batch)
    engine.wake()
    time.sleep(SETTLE_S)
    late_s.clear()
    cpu_s, began = time.process_time(), time.monotonic()
    time.sleep(seconds)
    wall_s = time.monotonic() - began
    cpu_s, looks = time.process_time() - cpu_s, sorted(late_s)
    engine.stop()
    store.close()
    bare_s = bare_get_s(provider_url)
    return {
        "looks_per_s": len(looks) / wall_s,
        "cores": cpu_s / wall_s,
        "ms_per_look": 1000 * cpu_s / len(looks),
        "ms_per_get": 1000 * bare_s,
        "grown_bytes": peak.stop() - idle_bytes,
        "late_p50_s": quantiles(looks, n=100)[49],
        "late_p99_s": quantiles(looks, n=100)[98],
    }


def bare_get_s(url: str) -> float:
    """The CPU that `requests` alone takes for such a GET, many at once, in seconds."""
    asked = {"generation_id": "g"}
    local = threading.local()

    def get(_: int) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.trust_env = False
        local.session.get(f"{url}/v2/video/generations", params=asked, timeout=10).json()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(get, range(GETS)))
        cpu_s = time.process_time()
        list(pool.map(get, range(GETS)))
        return (time.process_time() - cpu_s) / GETS


def in_flight(count: int) -> Iterator[Run]:
    """Runs the provider has been working on for a while, each in its own moment."""
    chance = random.Random(1)
    now = time.time()
    for number in range(count):
        model = VIDEO_MODELS[number % len(VIDEO_MODELS)]
        sent = now - chance.uniform(0, model.expected_duration_s)
        yield Run(
            id=f"{chance.getrandbits(128):032x}",
            model=model.model_id,
            request={"prompt": PROMPT, "image_url": "https://example.com/a.png", "duration": 5},
            created_at=sent,
            next_step_at=now + chance.uniform(2, 14),
            status=Status.GENERATING,
            submitted_at=sent,
            expected_s=model.expected_duration_s,
            generation_id=f"{chance.getrandbits(128):032x}",
            response={"id": "g", "status": "queued", "meta": {"usage": {"credits_used": 1120000}}},
            events=(Event(sent, "Accepted here."), Event(sent, "Accepted by the provider.")),
        )


def memory_bytes() -> int:
    """The memory this process has in use."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


class Peak:
    """Watches the memory in use, from now until `stop`."""

    def __init__(self) -> None:
        self._most = memory_bytes()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Return the most there was, in bytes."""
        self._over.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self._most = max(self._most, memory_bytes())


if __name__ == "__main__":
    url, place, runs_count, for_s = sys.argv[1:]
    print(json.dumps(measured(url, Path(place), int(runs_count), float(for_s))))
