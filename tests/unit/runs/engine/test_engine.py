"""The engine against a whole provider in a thread: runs end, faults pass, a restart goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from components.media.download.fetch import download
from components.media.store.media_store import FolderStore, ref
from components.provider.client import ProviderClient
from components.provider.http.http_client import HttpClient
from components.runs.engine.scheduler import UPKEEP_EVERY_S, Engine, Pools
from components.runs.engine.stepping import LOOKS_PER_S
from components.runs.money.clip_lengths import ClipLengths
from components.runs.money.prices import Prices
from components.runs.money.quote import Quotes
from components.runs.money.spend_limit import SpendLimit
from components.runs.queries.history import Query
from components.runs.run import Run, Status
from components.runs.service import RunService
from components.runs.steps.context import StepContext
from components.runs.steps.result_collector import Collector
from components.runs.steps.runner import StepRunner
from components.runs.store.leases import WorkerPool
from components.runs.store.run_store import RunStore
from components.runs.timing.expectation import Expectations
from components.sandbox import Fault, Sandbox
from tests.samples.media_files import drawing
from tests.samples.models import CATALOG, model_by_id
from tests.samples.run_samples import (
    EVERY_LANE,
    FRAMES,
    IMAGE_O1,
    NOW,
    Clock,
    FullPause,
    run_store,
    sample_run,
)
from tests.servers.sandbox_requests import small_sandbox

WAIT_S = 20.0


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with small_sandbox(pace_s=0.4) as running:
        yield running


@dataclass(frozen=True)
class House:
    """One process's worth of playground, without its page."""

    service: RunService
    store: RunStore
    media: FolderStore

    def send(self, model_id: str, **values: object) -> Run:
        return self.service.submit(model_by_id(model_id).parse({"prompt": "A boat", **values}))

    def picture(self, folder: Path) -> str:
        drawing(320, 320).save(folder / "upload.jpg")
        return ref(self.media.keep(folder / "upload.jpg", ".jpg"))

    def wait(self, run_id: str, reached: Callable[[Run], bool]) -> Run:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            run = self.store.get(run_id)
            if reached(run):
                return run
            time.sleep(0.02)
        raise TimeoutError(f"still {run.status}: {run.note}")


def is_over(run: Run) -> bool:
    return run.status.is_final


@contextmanager
def house(sandbox: Sandbox, folder: Path, url: str) -> Iterator[House]:
    media = FolderStore(folder / "media")
    hosts = frozenset({sandbox.url.removeprefix("http://")})

    def fetch(url: str, target: Path) -> object:
        return download(url, target, max_size_bytes=10**8, allowed_hosts=hosts)

    store = run_store(url)
    provider = ProviderClient(HttpClient(sandbox.url, "key"))
    expectations = Expectations(CATALOG, store, lambda _: {}, guess_s=0.5)
    steps = StepRunner(
        StepContext(CATALOG, provider, media, Collector(media, fetch), expectations, time.time)
    )
    engine = Engine(store, steps.advance)
    engine.start()
    try:
        quotes = Quotes(Prices(CATALOG, provider.prices), ClipLengths(media))
        runs = RunService(CATALOG, store, engine, expectations, quotes, SpendLimit(), time.time)
        yield House(runs, store, media)
    finally:
        engine.stop()
        store.close()


def post_count(sandbox: Sandbox) -> int:
    return sum(request.method == "POST" for request in sandbox.received)


def test_pictures_and_videos_are_made_side_by_side_and_kept(
    sandbox: Sandbox, tmp_path: Path, store_url: str
) -> None:
    with house(sandbox, tmp_path, store_url) as here:
        picture = here.picture(tmp_path)
        pictures = here.send(IMAGE_O1, image_urls=[picture], num_images=2)
        clip = here.send(FRAMES, image_url=picture)
        pictures, clip = (here.wait(run.id, is_over) for run in (pictures, clip))
        for run, count in ((pictures, 2), (clip, 1)):
            assert (run.status, run.error) == ("done", "")
            assert len(run.outputs) == count
            assert all(here.media.has(output.name or "") for output in run.outputs)
            assert all(here.media.has(output.thumb or "") for output in run.outputs)
            assert run.charged_usd is not None
            assert run.charged_usd > 0
        assert [run.id for run in here.service.find(Query()).runs] == [clip.id, pictures.id]
    assert post_count(sandbox) == 2


def test_a_restart_in_the_middle_goes_on_with_one_post(
    sandbox: Sandbox, tmp_path: Path, store_url: str
) -> None:
    with house(sandbox, tmp_path, store_url) as first:
        run = first.send(FRAMES, image_url=first.picture(tmp_path))
        first.wait(run.id, lambda run: run.status is Status.GENERATING)
    with house(sandbox, tmp_path, store_url) as second:
        done = second.wait(run.id, is_over)
    assert (done.status, done.error) == ("done", "")
    assert post_count(sandbox) == 1


def test_a_lost_answer_is_found_and_collected_with_one_post(
    sandbox: Sandbox, tmp_path: Path, store_url: str
) -> None:
    sandbox.faults.add(Fault("reset_after_read", method="POST"))
    with house(sandbox, tmp_path, store_url) as here:
        run = here.send(FRAMES, image_url=here.picture(tmp_path))
        done = here.wait(run.id, is_over)
    assert (done.status, done.error) == ("done", "")
    assert "Found in the provider's log." in [event.what for event in done.events]
    assert post_count(sandbox) == 1


def test_a_bad_file_is_fetched_again_until_it_is_whole(
    sandbox: Sandbox, tmp_path: Path, store_url: str
) -> None:
    sandbox.faults.add(Fault("file_truncated"))
    with house(sandbox, tmp_path, store_url) as here:
        run = here.send(FRAMES, image_url=here.picture(tmp_path))
        done = here.wait(run.id, is_over)
    assert done.status is Status.DONE
    assert post_count(sandbox) == 1


def test_a_fault_of_ours_ends_no_run_and_sends_nothing_again(store_url: str) -> None:
    store = run_store(store_url)
    seen: list[Status] = []

    def broken(run: Run) -> Run:
        seen.append(run.status)
        raise RuntimeError("a bug")

    now = time.time()
    store.add(sample_run("fresh", next_step_at=now, created_at=now))
    store.add(sample_run("known", status=Status.GENERATING, next_step_at=now, created_at=now))
    engine = Engine(store, broken, chance=FullPause())
    engine.start()
    deadline = time.monotonic() + WAIT_S
    while len(seen) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    engine.stop()
    fresh, known = store.get("fresh"), store.get("known")
    store.close()
    assert sorted(seen) == ["generating", "submitting", "uncertain"]
    assert (fresh.status, known.status) == ("uncertain", "generating")
    for run in (fresh, known):
        assert run.note.startswith("Something went wrong here. ")
        assert "charged" in run.note
        assert "It is tried again at " in run.note
        assert ", for 1 day at most." in run.note
        assert run.next_step_at > now + 20


def test_an_upkeep_that_fails_keeps_no_run_and_is_tried_again(store_url: str) -> None:
    store, tried = run_store(store_url), threading.Semaphore(0)
    clock = Clock(time.time())

    def upkeep() -> None:
        tried.release()
        raise RuntimeError("a bug")

    def accept(run: Run) -> Run:
        return replace(run, status=Status.DONE, finished_at=clock.now)

    store.add(sample_run("known", status=Status.GENERATING, next_step_at=clock.now))
    engine = Engine(store, accept, clock=clock, upkeep=upkeep)
    engine.start()
    assert tried.acquire(timeout=WAIT_S)
    clock.now += UPKEEP_EVERY_S + 1
    assert tried.acquire(timeout=WAIT_S)
    deadline = time.monotonic() + WAIT_S
    while not (ended := store.get("known").status.is_final) and time.monotonic() < deadline:
        time.sleep(0.02)
    engine.stop()
    store.close()
    assert ended


def test_stopping_waits_for_the_step_in_flight_and_begins_no_other(store_url: str) -> None:
    store = run_store(store_url)
    begun: list[str] = []

    def slow(run: Run) -> Run:
        begun.append(run.id)
        time.sleep(0.4)
        return run.moved(Status.GENERATING, time.time(), "Accepted.", generation_id="g-1")

    now = time.time()
    store.add(sample_run("one", next_step_at=now))
    store.add(sample_run("two", next_step_at=now))
    engine = Engine(store, slow, pools=Pools({WorkerPool.VIDEOS: 1}))
    engine.start()
    deadline = time.monotonic() + WAIT_S
    while not begun and time.monotonic() < deadline:
        time.sleep(0.01)
    engine.stop()
    statuses = {store.get(run_id).status for run_id in ("one", "two")}
    store.close()
    assert len(begun) == 1
    assert statuses == {Status.GENERATING, Status.QUEUED}


class AtOnce(Executor):
    """Does what it is given before it returns."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*given, **named))
        return done


def test_an_engine_can_be_driven_by_hand(store_url: str) -> None:
    store, clock = run_store(store_url), Clock()

    def accept(run: Run) -> Run:
        later = {"generation_id": "g-1", "next_step_at": clock.now + 60}
        return run.moved(Status.GENERATING, clock.now, "Accepted.", **later)

    store.add(sample_run())
    engine = Engine(store, accept, clock=clock, pools=Pools(make=lambda _lane, _count: AtOnce()))
    engine.take_over()
    engine.turn()
    assert (store.get("run-1").status, engine.is_busy) == (Status.SUBMITTING, True)
    engine.turn()
    assert (store.get("run-1").generation_id, engine.is_busy) == ("g-1", False)
    engine.stop()
    store.close()


def test_once_told_to_stop_nothing_begins_though_it_was_handed_out(store_url: str) -> None:
    store, begun = run_store(store_url), list[str]()
    left: list[tuple[Callable[..., Any], Any]] = []

    class Later(AtOnce):
        def submit(self, work: Callable[..., Any], /, *given: Any, **_: Any) -> Future[Any]:
            left.append((work, given))
            return Future()

    def step(run: Run) -> Run:
        begun.append(run.id)
        return run

    store.add(sample_run("fresh"), sample_run("going", status=Status.GENERATING))
    engine = Engine(store, step, clock=Clock(), pools=Pools(make=lambda _lane, _count: Later()))
    engine.take_over()
    engine.turn()
    engine.stop_taking()
    for work, given in left:
        if given:
            work(*given)
    engine.turn()
    assert (begun, engine.is_busy) == ([], False)
    assert store.get("fresh").status is Status.QUEUED
    assert len(store.tick([], NOW, 900.0, EVERY_LANE)) == 2
    store.close()


def test_the_more_runs_are_in_flight_the_further_apart_are_the_looks_at_each(
    store_url: str,
) -> None:
    count, looked = 40, 0
    store = run_store(store_url)
    for number in range(count):
        store.add(sample_run(f"{number}", status=Status.GENERATING, generation_id="g"))
    engine = Engine(store, lambda run: run.waiting(NOW, ""), clock=Clock())
    engine.start()
    deadline = time.monotonic() + WAIT_S
    while looked < count and time.monotonic() < deadline:
        time.sleep(0.01)
        looked = sum(run.next_step_at > NOW for run in store.find(Query(limit=count)).runs)
    engine.stop()
    least_gap_s = count / LOOKS_PER_S
    assert {run.next_step_at for run in store.find(Query(limit=count)).runs} == {NOW + least_gap_s}
    store.close()


def test_stopping_leaves_a_step_that_takes_too_long_for_the_next_start(store_url: str) -> None:
    store = run_store(store_url)
    begun, may_end = threading.Event(), threading.Event()

    def stuck(run: Run) -> Run:
        begun.set()
        may_end.wait(WAIT_S)
        return run.failed(time.time(), "Too late.")

    now = time.time()
    store.add(sample_run(model=IMAGE_O1, created_at=now, next_step_at=now))
    engine = Engine(store, stuck)
    engine.start()
    assert begun.wait(WAIT_S)
    engine.stop(timeout_s=0.1)
    assert store.get("run-1").status is Status.SUBMITTING
    store.release()
    (claim,) = store.tick([], time.time(), 900, {WorkerPool.STEPS: 1})
    may_end.set()
    engine.stop()
    store.close()
    assert claim.run.status is Status.UNCERTAIN


def test_a_slow_copy_gives_way_to_others_after_its_turn(store_url: str) -> None:
    turns: list[str] = []
    store = run_store(store_url)
    slow_may_end = threading.Event()

    def advance(run: Run) -> Run:
        turns.append(run.id)
        if run.id == "slow" and not slow_may_end.is_set():
            return run.waiting(time.time(), "1 MB of 9 MB are here.")
        return run.moved(Status.DONE, time.time(), "Every file is saved here.")

    store.add(sample_run("slow", status=Status.SAVING, next_step_at=0.0))
    engine = Engine(store, advance, pools=Pools({WorkerPool.COPIES: 1}))
    engine.start()
    try:
        while len(turns) < 3:
            time.sleep(0.01)
        store.add(sample_run("quick", status=Status.SAVING, next_step_at=0.0))
        engine.wake()
        while store.get("quick").status is not Status.DONE:
            time.sleep(0.01)
        assert store.get("slow").status is Status.SAVING
        slow_may_end.set()
        while store.get("slow").status is not Status.DONE:
            time.sleep(0.01)
    finally:
        engine.stop()
        store.close()
