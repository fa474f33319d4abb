"""Where crashing processes are started, one after the other, beside a provider that counts."""

import multiprocessing
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from uuid import uuid4

from components.media.store.media_store import FolderStore
from components.runs.queries.history import PAGE_MAX_RUNS, Query
from components.runs.run import Run
from tests.processes.crash_worker import Doom, live
from tests.samples.media_files import drawing, video
from tests.samples.run_samples import Clock, drive, run_store, sample_run, step_runner
from tests.servers.counting_provider import CountingProvider
from tests.servers.provider_server import ScriptedProvider, scripted_provider

JOIN_S = 20.0


@dataclass(frozen=True)
class Town:
    """A provider, what it counts, and where the processes are born that ask it."""

    processes: ForkServerContext
    server: ScriptedProvider
    provider: CountingProvider
    folder: Path

    def add(self, *models: str) -> None:
        """Keep a queued run of each model."""
        now = time.time()
        store = run_store(self.folder)
        for model in models:
            store.add(sample_run(str(uuid4()), model=model, created_at=now, next_step_at=now))
        store.close()

    def live(self, doom: Doom) -> ForkServerProcess:
        """Let a process take the runs forward."""
        given = (self.server.url, self.folder, doom)
        process = self.processes.Process(target=live, args=given, daemon=True)
        process.start()
        return process

    def live_for(self, seconds: float) -> None:
        """Let a process live for so long, then kill it."""
        process = self.live(Doom())
        process.join(seconds)
        process.kill()
        process.join(JOIN_S)

    def settle(self) -> None:
        """Start once more, and let time pass until nothing is under way."""
        store = run_store(self.folder)
        clock = Clock(time.time() + 60)
        store.release()
        drive(store, step_runner(self.server, store, self.folder, clock), clock)
        store.close()

    def runs(self) -> list[Run]:
        """Every run there is."""
        store = run_store(self.folder)
        page = store.find(Query(limit=PAGE_MAX_RUNS))
        runs = list(page.runs)
        while page.next_cursor:
            page = store.find(Query(limit=PAGE_MAX_RUNS, cursor=page.next_cursor))
            runs += page.runs
        store.close()
        return runs

    def has_results(self, run: Run) -> bool:
        """Whether every file of a run is kept here."""
        media = FolderStore(self.folder / "media")
        return all(output.name and media.has(output.name) for output in run.outputs)


@contextmanager
def built_town(folder: Path, results: Mapping[str, bytes]) -> Iterator[Town]:
    """A town with its runs in `folder`, whose provider answers with `results`."""
    processes = multiprocessing.get_context("forkserver")
    # What a process imports is imported once, so that it starts in a moment.
    processes.set_forkserver_preload(["tests.processes.crash_worker"])
    with scripted_provider() as server:
        yield Town(processes, server, CountingProvider(server, results), folder)


def small_results(folder: Path) -> dict[str, bytes]:
    """A small clip and a small picture, by the path they are served at."""
    drawing(64, 64).save(folder / "a.png")
    return {
        "/clip": video(folder / "a.mp4").read_bytes(),
        "/picture": (folder / "a.png").read_bytes(),
    }
