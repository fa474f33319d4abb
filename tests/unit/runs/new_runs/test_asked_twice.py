"""What is asked for twice is made once: at the store and the service, also at the same moment."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from components.catalog.models.image_o1 import ImageO1
from components.catalog.models.image_to_video import ImageToVideo
from components.database.engine import is_postgresql
from components.errors import (
    AskedBefore,
    AskedDifferently,
    DatabaseUnavailable,
    MadeAndDeleted,
    SpendLimitReached,
)
from components.runs.new_runs.plans import PlannedRequest
from components.runs.queries.history import Query
from components.runs.run import Run, Status
from components.runs.service import RunService
from components.runs.store.run_store import RunStore
from tests.apps.idle_service import AT_ONCE, at_once, service_on
from tests.samples.run_samples import FRAMES, NOW, PICTURE, sample_run

GENERATION = f"60ac7c34-3224-4b14-8e7d-0aa0db708325:{FRAMES}"
OF_ANOTHER_MODEL = ImageToVideo.parse({"prompt": "A boat", "image_url": PICTURE})


@pytest.fixture
def store(store_url: str) -> Iterator[RunStore]:
    with closing(RunStore(store_url, busy_timeout_ms=20_000)) as opened:
        yield opened


@pytest.fixture
def service(store: RunStore, tmp_path: Path) -> RunService:
    return service_on(store, tmp_path)


def picture(prompt: str = "A boat", **values: Any) -> ImageO1:
    return ImageO1.parse({"prompt": prompt, "image_urls": [PICTURE], **values})


def plan_of(*prompts: str) -> list[PlannedRequest]:
    return [PlannedRequest(picture(prompt), {"row": prompt}) for prompt in prompts]


def kept(store: RunStore) -> list[Run]:
    return list(store.find(Query(limit=100)).runs)


@pytest.mark.parametrize("attempt", range(20))
def test_a_plan_asked_for_twice_at_once_is_one_plan(
    service: RunService, store: RunStore, attempt: int
) -> None:
    plan = plan_of("a", "b", "c")
    answers = at_once(lambda: service.submit_plan(f"plan-{attempt}", plan), times=2)
    assert answers[0] == answers[1]
    assert [run.prompt for run in answers[0]] == ["a", "b", "c"]
    assert len(kept(store)) == 3


def test_one_id_asked_for_many_times_at_once_is_one_run(
    service: RunService, store: RunStore
) -> None:
    answers = at_once(lambda: service.submit(picture(), run_id="click"))
    assert answers == [store.get("click")] * AT_ONCE
    assert len(kept(store)) == 1


def test_a_generation_fetched_many_times_at_once_is_one_run(
    service: RunService, store: RunStore
) -> None:
    answers = at_once(lambda: service.fetch_by_generation_id(GENERATION))
    assert {run.id for run in answers} == {kept(store)[0].id}
    assert len(kept(store)) == 1


def test_a_run_sent_again_many_times_at_once_is_one_run(
    service: RunService, store: RunStore
) -> None:
    store.add(sample_run().moved(Status.CANCELLED, NOW, "Withdrawn."))
    answers = at_once(lambda: service.send_again("run-1", new_id="again"))
    assert answers == [store.get("again")] * AT_ONCE
    assert len(kept(store)) == 2


def test_clicks_while_the_database_is_locked_are_one_plan(tmp_path: Path, store_url: str) -> None:
    """Whoever is turned away tries again, as one does."""
    with closing(RunStore(store_url, busy_timeout_ms=5)) as store:
        service = service_on(store, tmp_path)
        refused = threading.Semaphore(0)

        def ask() -> list[Run]:
            while True:
                try:
                    return service.submit_plan("plan", plan_of("a", "b"))
                except DatabaseUnavailable:
                    refused.release()
                    time.sleep(0.001)

        with ThreadPoolExecutor(3) as pool, closing(_locked(store_url)) as other:
            clicks = [pool.submit(ask) for _ in range(3)]
            for _ in range(6):
                assert refused.acquire(timeout=20)
            other.exec_driver_sql("ROLLBACK")
            answers = [click.result() for click in clicks]
        assert answers[0] == answers[1] == answers[2]
        assert len(kept(store)) == 2


def _locked(url: str) -> Connection:
    connection = sa.create_engine(
        url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    ).connect()
    if is_postgresql(url):
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("LOCK TABLE runs IN EXCLUSIVE MODE")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    return connection


def test_a_plan_is_kept_whole_or_not_at_all(tmp_path: Path, store: RunStore) -> None:
    service = service_on(store, tmp_path, limit_usd=1.0)
    with pytest.raises(SpendLimitReached):
        service.submit_plan("plan", plan_of("a", "b", "c"))
    assert kept(store) == []
    assert len(service.submit_plan("plan", plan_of("a", "b"))) == 2


def test_a_limit_counts_what_is_asked_for_again_once(tmp_path: Path, store: RunStore) -> None:
    service = service_on(store, tmp_path, limit_usd=0.5)
    first = service.submit(picture(), run_id="click")
    assert service.submit(picture(), run_id="click") == first
    assert service.spent_today().reserved_usd == pytest.approx(0.5)
    with pytest.raises(SpendLimitReached):
        service.submit(picture(), run_id="another click")


@pytest.mark.parametrize("other", [picture("Another"), picture(num_images=2), OF_ANOTHER_MODEL])
def test_an_id_that_stands_for_another_request_is_refused(
    service: RunService, store: RunStore, other: ImageO1
) -> None:
    service.submit(picture(), run_id="click")
    with pytest.raises(AskedDifferently) as caught:
        service.submit(other, run_id="click")
    assert str(caught.value) == (
        "This id or key was used before, for another request. Nothing was sent or charged now. "
        "Repeat that request as it was, or take a new key."
    )
    assert len(kept(store)) == 1


def test_a_default_that_is_spelled_out_is_the_same_request(service: RunService) -> None:
    first = service.submit(picture(), run_id="click")
    spelled = picture(num_images=1, aspect_ratio=first.request["aspect_ratio"])
    assert service.submit(spelled, run_id="click") == first


def test_a_repair_that_came_out_differently_is_the_same_request(service: RunService) -> None:
    first = service.submit(picture(), run_id="click", asked_hash="asked")
    repaired = picture(image_urls=["https://example.com/repaired-anew.png"])
    assert service.submit(repaired, run_id="click", asked_hash="asked") == first


@pytest.mark.parametrize("prompts", ["ab", "abcd", "abx", "bac"])
def test_a_plan_id_that_stands_for_another_plan_is_refused(
    service: RunService, store: RunStore, prompts: str
) -> None:
    service.submit_plan("plan", plan_of(*"abc"))
    with pytest.raises(AskedDifferently):
        service.submit_plan("plan", plan_of(*prompts))
    assert len(kept(store)) == 3


@pytest.mark.parametrize("purged", [False, True], ids=["deleted", "purged"])
def test_what_was_made_and_deleted_is_not_paid_for_again(
    service: RunService, store: RunStore, purged: bool
) -> None:
    done = sample_run("source", status=Status.FAILED)
    store.add(done)
    asks: Mapping[str, Callable[[], object]] = {
        "click": lambda: service.submit(picture(), run_id="click"),
        "plan": lambda: service.submit_plan("plan", plan_of("a", "b")),
        "again": lambda: service.send_again("source", new_id="again"),
    }
    for ask in asks.values():
        ask()
    ids = [run.id for run in kept(store) if run.id != "source"]
    for run_id in ids:
        service.cancel(run_id)
    assert len(service.delete(ids).deleted) == 4
    if purged:
        store.purge(NOW + 1, lambda _: True)
    for ask in asks.values():
        with pytest.raises(MadeAndDeleted) as caught:
            ask()
        assert str(caught.value) == (
            "This was made already, and deleted since. Nothing was sent or charged now. "
            "Generate again to make, and pay for, a new one; a program takes a new key."
        )
    assert kept(store) == [done]


def test_what_is_left_of_a_plan_is_the_answer(service: RunService) -> None:
    runs = service.submit_plan("plan", plan_of("a", "b", "c"))
    service.cancel(runs[0].id)
    service.delete([runs[0].id])
    assert service.submit_plan("plan", plan_of("a", "b", "c")) == runs[1:]


def test_a_deletion_that_is_undone_answers_again(service: RunService) -> None:
    service.submit(picture(), run_id="click")
    run = service.cancel("click")
    service.delete(["click"])
    with suppress(AskedBefore):
        service.submit(picture(), run_id="click")
    service.undelete(["click"])
    assert service.submit(picture(), run_id="click") == run


@pytest.mark.parametrize("purged", [False, True], ids=["deleted", "purged"])
def test_a_deleted_generation_is_fetched_again_and_booked_once(
    service: RunService, store: RunStore, purged: bool
) -> None:
    store.add(
        sample_run(
            "sent", status=Status.DONE, generation_id=GENERATION, submitted_at=NOW - 9,
            finished_at=NOW, quoted_usd=0.5, charged_usd=0.56,
        )
    )  # fmt: skip
    service.delete(["sent"])
    if purged:
        store.purge(NOW + 1, lambda _: True)
    run = service.fetch_by_generation_id(GENERATION)
    assert (run.id, run.charged_usd) == ("sent", 0.56)
    assert run == service.get("sent")
    assert run.status is (Status.GENERATING if purged else Status.DONE)
    assert service.spent_today().total_usd == pytest.approx(0.56)
    assert service.fetch_by_generation_id(GENERATION) == run


def test_a_plan_keeps_its_order_although_the_clock_stands_still(
    service: RunService, store: RunStore
) -> None:
    names = [f"{number:02}" for number in range(24)]
    made = service.submit_plan("plan", plan_of(*names))
    assert [run.prompt for run in made] == names
    assert [run.prompt for run in service.plan_runs("plan")] == names
    assert [card.prompt for card in service.plan_cards("plan")] == names
    assert [run.prompt for run in reversed(kept(store))] == names
    assert [service.place(run) for run in made] == list(range(1, 25))
    assert [run.next_step_at for run in made] == [NOW] * 24
    assert service.submit_plan("plan", plan_of(*names)) == made


def test_a_run_made_again_stays_at_its_place_in_the_plan(
    service: RunService, store: RunStore
) -> None:
    first, second = service.submit_plan("plan", plan_of("a", "b"))
    service.cancel(first.id)
    again = service.send_again(first.id)
    service.delete([first.id])
    store.purge(NOW + 1, lambda _: True)
    assert [run.id for run in service.plan_runs("plan")] == [again.id, second.id]
