"""The queue is handed out for all workers together, in order and within the limits."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa

from components.errors import Overloaded
from components.runs.engine.cluster.job_queue import JobQueue
from components.runs.engine.cluster.run_claims import RunClaims
from components.runs.engine.cluster.sending_queue import SendingQueue
from components.runs.engine.cluster.shared_state import SharedState
from components.runs.run import Status
from components.runs.store.leases import Claim
from components.runs.store.run_store import RunStore
from components.runs.timing.provider_throttle import Limits, ProviderThrottle
from tests.samples.run_samples import IMAGE_O1, NOW, Clock, run_store, sample_run

pytestmark = pytest.mark.cluster


def jobs_in(store: RunStore) -> list[str]:
    """The runs whose next step somebody is told to take, in the order they were told."""
    asked = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    with store.database.connect() as connection:
        return list(connection.execute(sa.text(asked)).scalars())


def add(store: RunStore, count: int, first: int = 0) -> None:
    store.add(
        *(sample_run(f"run-{at:02}", created_at=NOW + at) for at in range(first, first + count))
    )


def opened(
    store: RunStore, limits: Limits, clock: Clock, state: SharedState | None = None
) -> SendingQueue:
    """The queue as another process sees it."""
    throttle = ProviderThrottle(limits, clock, keeper=state or SharedState(store.database))
    claims = RunClaims(store.database, {IMAGE_O1})
    return SendingQueue(store, claims, JobQueue(store.database), throttle, clock)


def test_runs_are_handed_out_once_in_the_order_they_were_made(
    store: RunStore, sending: SendingQueue
) -> None:
    add(store, 5)
    sending.hand_out_all()
    sending.hand_out_all()
    assert jobs_in(store) == [f"run-{at:02}" for at in range(5)]


def test_many_processes_keep_the_rate_limit_together(shared_url: str, clock: Clock) -> None:
    with closing(run_store(shared_url)) as store:
        add(store, 30)
        queues = [opened(store, Limits(per_minute=7), clock) for _ in range(6)]
        with ThreadPoolExecutor(6) as pool:
            handed_out = sum(pool.map(SendingQueue.hand_out, queues))
        assert handed_out == 7
        claims = RunClaims(store.database, {IMAGE_O1})
        for run_id in jobs_in(store):
            claim = claims.claim(run_id, clock())
            assert isinstance(claim, Claim)
            sent = claims.begin_sending(claim, clock())
            assert sent.run.status is Status.SUBMITTING
        assert opened(store, Limits(per_minute=7), clock).hand_out() == 0
        clock.now += 61
        assert opened(store, Limits(per_minute=7), clock).hand_out() == 7


def test_many_processes_keep_the_limit_of_runs_in_flight_together(
    shared_url: str, clock: Clock
) -> None:
    with closing(run_store(shared_url)) as store:
        add(store, 12)
        queues = [opened(store, Limits(in_flight=5), clock) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(SendingQueue.hand_out, queues)) == 5


def test_a_pause_that_one_worker_was_asked_for_holds_all(store: RunStore, clock: Clock) -> None:
    add(store, 3)
    here = ProviderThrottle(Limits(), clock, keeper=SharedState(store.database))
    with pytest.raises(Overloaded), here.sending():
        raise Overloaded("The provider is busy.")
    elsewhere = opened(store, Limits(), clock)
    assert elsewhere.hand_out() == 0
    clock.now += 3600
    assert opened(store, Limits(), clock).hand_out() == 1, "one run tries it out"


def test_a_run_whose_job_was_lost_goes_on(
    store: RunStore, sending: SendingQueue, clock: Clock
) -> None:
    store.add(
        sample_run("lost", status=Status.GENERATING, generation_id="g-1"),
        sample_run("later", status=Status.GENERATING, next_step_at=clock.now + 99),
        sample_run("copied", status=Status.SAVING),
    )
    sending.find_lost()
    sending.find_lost()
    assert sorted(jobs_in(store)) == ["copied", "lost"]


def test_a_wake_is_one_job_however_often_it_is_asked_for(store: RunStore, jobs: JobQueue) -> None:
    for _ in range(5):
        jobs.wake()
    assert jobs_in(store) == ["hand_out"]
    assert jobs.workers_alive() == 0
